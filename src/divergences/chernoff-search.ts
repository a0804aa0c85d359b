import startSource from '../../shaders/divergences/chernoff-start.wgsl?raw';
import stateSource from '../../shaders/divergences/chernoff-state.wgsl?raw';
import stepSource from '../../shaders/divergences/chernoff-step.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, type Argument, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { chernoffOfWeights } from '../math/chernoff.ts';
import { equalMassesPieces } from '../math/equal-masses.ts';
import { logRatioPiece } from '../math/log-ratio.ts';
import { pairArguments } from './row-divergence.ts';

/**
 * The search for the order of the Chernoff information, row by row, a dispatch a step; rows that have arrived are only
 * copied. A state is: what equals the masses (five numbers), the exponent of q, the interval it is in, whether it is
 * found, and whether the supports differ.
 */
const STATE = 10;
/** Newton's method on log(A/B) took at most 5 steps from ½ on rows of all kinds; two more may go to the ends of the interval. */
const STEPS = 10;

const tolerance = { ulps: () => 16, relativeTo: 'row' as const, reason: 'an intermediate result; the Chernoff information is what is promised' };
const source = 'Nielsen 2013; Newton’s method';

const start: Operation<object> = {
  name: 'chernoffStart', formula: 'the search at ½', source, tolerance, arguments: pairArguments,
  result: (inputs) => ({ shape: [batchSize(start, inputs), STATE], form: 'values' }),
  kernel: {
    frame: defineFrame({ inputs: { p: 'stored', q: 'stored' }, output: ['states', 'f32'], calls: 'compute_item' }),
    pieces: [...equalMassesPieces, { name: 'divergences/chernoff-start.wgsl', source: startSource }],
    over: 'rows',
  },
  reference: () => (_row, out) => out.set([0, 0, 0, 0, 0, 0.5, -1, 2, 0, 0]),
};

/** The arguments of the kernels that read a state. */
export const searchArguments: readonly Argument[] = [...pairArguments, { name: 'state', takes: 'values', axis: 'rows' }];
export const searchInputs = { p: 'stored', q: 'stored', state: 'f32' } as const;
export const searchPieces: readonly Piece[] = [...equalMassesPieces, logRatioPiece, { name: 'divergences/chernoff-state.wgsl', source: stateSource }];

const step: Operation<object> = {
  name: 'chernoffStep', formula: 'a − log(A/B)/(log(A/B))′', source, tolerance, arguments: searchArguments,
  result: (inputs) => ({ shape: [batchSize(step, inputs), STATE], form: 'values' }),
  kernel: {
    frame: defineFrame({ inputs: searchInputs, output: ['next_states', 'f32'], calls: 'compute_item' }),
    pieces: [...searchPieces, { name: 'divergences/chernoff-step.wgsl', source: stepSource }],
    over: 'rows',
  },
  reference: ([p, q]) => (row, out) => {
    const a = 1 - chernoffOfWeights(p!.row(row), q!.row(row)).order;
    out.set([0, 0, 0, 0, 0, a, a, a, 1, 0]);
  },
};

/** The state of each row after the search: [batchSize, 10]. */
export function chernoffSearch(p: Tensor, q: Tensor): Tensor {
  let state = apply(start, [p, q], {});
  for (let k = 0; k < STEPS; k++) state = apply(step, [p, q, state], {});
  return state;
}
