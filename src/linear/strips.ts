import sumSource from '../../shaders/linear/strip-sum.wgsl?raw';
import stripsSource from '../../shaders/linear/strips.wgsl?raw';
import type { Dispatch, Kernel, Piece } from '../engine/kernel.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { defineFrame, type FrameStatement } from '../engine/frame.ts';
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

/** A kernel that adds the rows of a batch, which come block after block, to what strips have. Its WGSL gives `add_rows` for a tile of a strip. */
export function stripKernel(
  { inputs, output }: Pick<FrameStatement<never>, 'inputs' | 'output'>, pieces: readonly Piece[],
  tilesOf: (dispatch: Dispatch<Strips>) => number,
): Kernel<Strips> {
  return {
    pieces: [...pieces, { name: 'linear/strips.wgsl', source: stripsSource }],
    frame: defineFrame({
      inputs, output, uniforms: { count: 'u32', tiles: 'u32', strips: 'u32' }, calls: 'compute_item',
    }),
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
    frame: defineFrame({
      inputs: { state: 'f32' }, output: ['sums', 'f32'], uniforms: { terms: 'u32', pitch: 'u32' }, calls: 'element',
    }),
    values: ({ parameters: { pitch }, inputs }) => ({ terms: inputs[0]!.width / pitch, pitch }),
    over: 'elements',
  },
};

/** The sums of what strips have left, whose terms are `pitch` numbers apart. */
export function sumOfStrips(state: Tensor, width: number, pitch: number = width): Tensor {
  return apply(stripSum, [state], { width, pitch });
}
