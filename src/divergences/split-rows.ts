import firstSource from '../../shaders/divergences/split-first.wgsl?raw';
import lastSource from '../../shaders/divergences/split-last.wgsl?raw';
import nextSource from '../../shaders/divergences/split-next.wgsl?raw';
import { piecesOf, type Kernel, type Piece } from '../engine/kernel.ts';
import { defineUniforms } from '../engine/uniform-layout.ts';
import { apply, batchSize, type Argument, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';

/** Outcomes of a part: many enough for a workgroup, few enough to give every core of a device some. */
const partLength = 8192;
/** Longer rows are split however many there are: they are more than a lane takes. */
const longestRow = 32_768;
const shortestRow = 16_384;
const fewRows = 64;

/** Numbers that a part makes known: two vec4. */
const numbersPerPart = 8;

/** Few long rows would leave most of a device idle. */
export function splitPays(operation: Pick<Operation<never>, 'arguments'>, inputs: readonly Tensor[]): boolean {
  const { width } = inputs[0]!;
  return width > longestRow || (width >= shortestRow && batchSize(operation, inputs) <= fewRows);
}

const fields = { rows: 'u32', outcomes: 'u32', zero: 'u32', p_start: 'u32', p_stride: 'u32', q_start: 'u32', q_stride: 'u32', part_length: 'u32', parts: 'u32', again: 'u32', symmetric: 'u32' } as const;
const uniforms = defineUniforms(fields);
const known = (name: string): Argument => ({ name, takes: 'values', axis: 'rows' });
const firstMain: Piece = { name: 'divergences/split-first.wgsl', source: firstSource };
const nextMain: Piece = { name: 'divergences/split-next.wgsl', source: nextSource };
const lastMain: Piece = { name: 'divergences/split-last.wgsl', source: lastSource };

/**
 * The operation with every row cut into parts, each an item of its own. What all parts found goes from sweep to sweep:
 * after a first one over p and q, two more make up for what it could not know, and one item a row ends it.
 * `kernel.pieces` are those of the row kernel without its main, with the functions that split-first and split-next call.
 */
export function splitRows<Parameters>(operation: Operation<Parameters>, kernel: Kernel<Parameters>, [p, q]: readonly Tensor[], parameters: Parameters): Tensor {
  const { name, formula, source, tolerance, reference } = operation;
  const parts = Math.ceil(p!.width / partLength);
  const step = (what: string, main: Piece, inputs: readonly Tensor[], again: number): Tensor => {
    const isLast = main === lastMain;
    const stepOperation: Operation<Parameters> = {
      name: `${name}, ${what}`, formula, source, tolerance, reference,
      arguments: [...operation.arguments, known('first'), known('latest')].slice(0, inputs.length),
      result: () => ({ shape: isLast ? [batchSize(operation, [p!, q!])] : [batchSize(operation, [p!, q!]), parts * numbersPerPart], form: 'values' }),
      kernel: {
        ...kernel, uniforms, over: 'rows', iterations: () => partLength,
        pieces: (dispatch, regime) => [...piecesOf(kernel, dispatch, regime), main],
        order: (dispatch) => [...kernel.order!(dispatch), 2, 3].slice(0, inputs.length),
        values: (dispatch) => ({ ...kernel.values!(dispatch), part_length: partLength, parts, again }),
        items: ({ rows }) => (isLast ? rows : rows * parts),
      },
    };
    return apply(stepOperation, inputs, parameters);
  };
  const first = step('first sweep', firstMain, [p!, q!], 0);
  const second = step('second sweep', nextMain, [p!, q!, first, first], 0);
  const third = step('third sweep', nextMain, [p!, q!, first, second], 1);
  return step('end', lastMain, [p!, q!, first, third], 0);
}
