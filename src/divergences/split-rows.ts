import firstSource from '../../shaders/divergences/split-first.wgsl?raw';
import lastSource from '../../shaders/divergences/split-last.wgsl?raw';
import nextSource from '../../shaders/divergences/split-next.wgsl?raw';
import type { Dispatch, Kernel, Piece } from '../engine/kernel.ts';
import { defineFrame, type Frame } from '../engine/frame.ts';
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

/** A kernel of rows but for its frame and the function that this calls. */
export interface RowSums<Parameters> extends Required<Pick<Kernel<Parameters>, 'order' | 'table' | 'values' | 'over'>> {
  readonly pieces: (dispatch: Dispatch<Parameters>) => readonly Piece[];
}

const known = (name: string): Argument => ({ name, takes: 'values', axis: 'rows' });
const common = {
  uniforms: { part_length: 'u32', parts: 'u32', again: 'u32', symmetric: 'u32' }, calls: 'compute_item',
} as const;
const [rowInputs, sumInputs] = [{ p: 'stored', q: 'stored' } as const, { first: 'vec4<f32>', latest: 'vec4<f32>' } as const];

/** What a sweep of the parts binds, and its WGSL. */
interface Sweep {
  readonly frame: Frame<keyof typeof common.uniforms>;
  readonly piece: Piece;
}
const firstSweep: Sweep = {
  frame: defineFrame({ ...common, inputs: rowInputs, output: ['partial_sums', 'vec4<f32>'] }),
  piece: { name: 'divergences/split-first.wgsl', source: firstSource },
};
const nextSweep: Sweep = {
  frame: defineFrame({ ...common, inputs: { ...rowInputs, ...sumInputs }, output: ['partial_sums', 'vec4<f32>'] }),
  piece: { name: 'divergences/split-next.wgsl', source: nextSource },
};
const ending: Sweep = {
  frame: defineFrame({ ...common, inputs: { ...rowInputs, ...sumInputs }, output: ['divergences', 'u32'] }),
  piece: { name: 'divergences/split-last.wgsl', source: lastSource },
};

/**
 * The operation with every row cut into parts, each an item of its own. What all parts found goes from sweep to sweep:
 * after a first one over p and q, two more make up for what it could not know, and one item a row ends it.
 * `sums.pieces` are those of the row kernel, with the functions that split-first and split-next call.
 */
export function splitRows<Parameters>(operation: Operation<Parameters>, sums: RowSums<Parameters>, [p, q]: readonly Tensor[], parameters: Parameters): Tensor {
  const { name, formula, source, tolerance, reference } = operation;
  const parts = Math.ceil(p!.width / partLength);
  const step = (what: string, sweep: Sweep, inputs: readonly Tensor[], again: number): Tensor => {
    const { frame, piece } = sweep;
    const isLast = sweep === ending;
    const stepOperation: Operation<Parameters> = {
      name: `${name}, ${what}`, formula, source, tolerance, reference,
      arguments: [...operation.arguments, known('first'), known('latest')].slice(0, inputs.length),
      result: () => ({ shape: isLast ? [batchSize(operation, [p!, q!])] : [batchSize(operation, [p!, q!]), parts * numbersPerPart], form: 'values' }),
      kernel: {
        ...sums, frame, iterations: () => partLength,
        pieces: (dispatch) => [...sums.pieces(dispatch), piece],
        order: (dispatch) => [...sums.order(dispatch), 2, 3].slice(0, inputs.length),
        values: (dispatch) => ({ ...sums.values(dispatch), part_length: partLength, parts, again }),
        items: ({ rows }) => (isLast ? rows : rows * parts),
      },
    };
    return apply(stepOperation, inputs, parameters);
  };
  const first = step('first sweep', firstSweep, [p!, q!], 0);
  const second = step('second sweep', nextSweep, [p!, q!, first, first], 0);
  const third = step('third sweep', nextSweep, [p!, q!, first, second], 1);
  return step('end', ending, [p!, q!, first, third], 0);
}
