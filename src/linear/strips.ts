import sumSource from '../../shaders/linear/strip-sum.wgsl?raw';
import stripsSource from '../../shaders/linear/strips.wgsl?raw';
import type { Dispatch, Kernel, Piece } from '../engine/kernel.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { defineUniforms, type FieldType } from '../engine/uniform-layout.ts';
import { sumPiece } from '../math/sum.ts';

/** How a sum over a batch is cut on the GPU: into strips, of which each is summed in the order of its rows. */
export interface Strips {
  readonly strips: number;
}

/** Rows that a strip has together. */
const chunk = 32;
/** Strips that are enough for any device, and numbers that all of them may have. */
const [mostStrips, mostNumbers] = [1024, 2 ** 21];

/** As many strips as there are rows and memory for; it depends on shapes alone, or the result would depend on blocks. */
export function stripsOf(rows: number, numbers: number): number {
  return Math.max(1, Math.min(mostStrips, Math.floor(mostNumbers / numbers), Math.ceil(rows / chunk)));
}

/** What steps have that no caller reads: the composition says what is promised, and has the reference. */
export const step: Pick<Operation, 'formula' | 'source' | 'tolerance' | 'reference'> = {
  formula: 'Σ', source: 'a step of a composition', tolerance: { ulps: () => 1, relativeTo: 'row', reason: 'an intermediate result' },
  reference: () => () => undefined,
};

const fields = { column_from: 'u32', row_from: 'u32', count: 'u32', tiles: 'u32', strips: 'u32' } as const;

/** A kernel that adds the rows of a batch, which come block after block, to what strips have. Its WGSL gives `add_rows` for a tile of a strip. */
export function stripKernel(
  pieces: readonly Piece[], own: Readonly<Record<string, FieldType>>, tilesOf: (dispatch: Dispatch<Strips>) => number,
): Kernel<Strips> {
  return {
    pieces: [...pieces, { name: 'linear/strips.wgsl', source: stripsSource }],
    uniforms: defineUniforms({ rows: 'u32', width: 'u32', zero: 'u32', ...own, ...fields }),
    values: (dispatch) => ({
      count: Math.max(...dispatch.inputs.map(({ rows }) => rows)), tiles: tilesOf(dispatch), strips: dispatch.parameters.strips,
    }),
    accumulates: true,
    over: 'elements',
    items: (dispatch) => tilesOf(dispatch) * dispatch.parameters.strips,
  };
}

const stripSum: Operation<{ readonly width: number; readonly pitch: number }> = {
  ...step, name: 'stripSum',
  arguments: [{ name: 'state', takes: 'values', axis: 'rows' }],
  result: ([state], { width }) => ({ shape: [state!.rows, width], form: 'values' }),
  kernel: {
    pieces: [sumPiece, { name: 'linear/strip-sum.wgsl', source: sumSource }],
    uniforms: defineUniforms({ rows: 'u32', width: 'u32', zero: 'u32', state_start: 'u32', state_stride: 'u32', terms: 'u32', pitch: 'u32' }),
    values: ({ parameters: { pitch }, inputs }) => ({ terms: inputs[0]!.width / pitch, pitch }),
    over: 'elements',
    items: ({ rows, width }) => rows * width,
  },
};

/** The sums of what strips have left, whose terms are `pitch` numbers apart. */
export function sumOfStrips(state: Tensor, width: number, pitch: number = width): Tensor {
  return apply(stripSum, [state], { width, pitch });
}
