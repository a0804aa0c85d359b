import source from '../../shaders/divergences/nearest.wgsl?raw';
import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import type { Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operand, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { firstPieces, smallest } from '../math/first.ts';
import { alphaDivergence } from './alpha-divergence.ts';
import { checkPairs, dearnessOfPairs, divergenceMatrix, matrixReference, pairError, recordOf, type AnyDivergence, type OfDivergence } from './divergence-matrix.ts';
import { klDivergence } from './kl-divergence.ts';
import { totalVariationDistance } from './total-variation-distance.ts';

const nearestPiece: Piece = { name: 'divergences/nearest.wgsl', source };

export interface Neighbours {
  /** How many of the rows of q are wanted for each row of p. */
  readonly k: number;
}

type Parameters = AnyDivergence & Neighbours;

const name = 'nearest';
/** Indices are f32, which hold whole numbers up to here. */
const mostRows = 2 ** 24;

/** The list so far and one more block of columns of the matrix; the engine brings both, block after block. */
const selection: Operation<Neighbours> = {
  name: 'nearestOfBlock', formula: 'the k smallest of a row, and where', source: 'definition',
  tolerance: { ulps: () => 0, relativeTo: 'entry', reason: 'numbers are only compared' },
  arguments: [{ name: 'divergences', takes: 'values', axis: 'fold' }],
  result: ([divergences], { k }) => ({ shape: [divergences!.rows, k, 2], form: 'values' }),
  kernel: {
    pieces: (_, regime) => [...firstPieces(regime), nearestPiece],
    frame: defineFrame({
      inputs: { divergences: 'u32', before: 'u32' }, output: ['neighbours', 'u32'], uniforms: { columns: 'u32' },
      calls: 'compute_item',
    }),
    values: ({ inputs }) => ({ columns: inputs[0]!.width }),
    over: 'rows',
    iterations: ({ parameters: { k }, inputs }) => (k + 1) * Math.ceil(inputs[0]!.width / 4),
  },
  cpu: () => ({ name: 'nearestOfBlock' }),
  reference: ([divergences], { k }) => (row, out) => writePairs(divergences!.row(row), k, out),
};

function writePairs(divergences: ArrayLike<number>, k: number, out: Float64Array): void {
  smallest(divergences, k).forEach((index, slot) => out.set([index, divergences[index]!], 2 * slot));
}

/**
 * The relative error of a row: that of each divergence from the one that belongs at its place, and from that of the row of q
 * which it names, so that neighbours may only change places where they are alike within the tolerance. Infinite where the
 * indices are no rows of q, repeat, or stand in the wrong order.
 */
function errorOfRow(operands: readonly Operand[], parameters: Parameters): (row: number, got: ArrayLike<number>, expected: ArrayLike<number>) => number {
  const [p, q] = operands;
  const errorOf = pairError(operands, parameters);
  const { reference } = recordOf(parameters).weights;
  return (row, got, expected) => {
    const named = new Set<number>();
    let worst = 0;
    for (let slot = 0; slot < parameters.k; slot++) {
      const [index, divergence] = [got[2 * slot]!, got[2 * slot + 1]!];
      const inOrder = slot === 0 || divergence > got[2 * slot - 1]! || (divergence === got[2 * slot - 1] && index > got[2 * slot - 2]!);
      if (!Number.isInteger(index) || index < 0 || index >= q!.rows || named.has(index) || !inOrder) return Infinity;
      named.add(index);
      const own = reference(p!.row(row), q!.row(index), parameters);
      worst = Math.max(worst, errorOf(row, index, divergence, own), errorOf(row, index, divergence, expected[2 * slot + 1]!));
    }
    return worst;
  };
}

const operation: Operation<Parameters> = {
  name, usage: 'nearest(p, q, { k, divergence })', formula: 'the k rows of q with the smallest D(p_i‖q_j), nearest first, as (j, D)', source: 'definition',
  parameters: ['k', 'divergence'],
  examples: [{ k: 1, divergence: klDivergence }, { k: 1, divergence: totalVariationDistance }, { k: 1, divergence: alphaDivergence, alpha: 0.5 } as Parameters],
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'q', takes: 'distributions', axis: 'columns' }],
  check(parameters, inputs) {
    checkPairs(name, parameters, inputs);
    checkCount(parameters.k, inputs[1]!.rows);
  },
  unsupported: (parameters) => recordOf(parameters).unsupported?.(parameters),
  dearness: dearnessOfPairs,
  result: ([p], { k }) => ({ shape: [p!.rows, k, 2], form: 'values' }),
  tolerance: {
    ulps: (parameters) => recordOf(parameters).tolerance.ulps(parameters), relativeTo: 'entry',
    reason: 'every divergence is as right as one of a row; rows of q that are alike within that may change places', compare: errorOfRow,
  },
  reference: (operands, parameters) => {
    const divergencesOf = matrixReference(operands, parameters);
    const divergences = new Float64Array(operands[1]!.rows);
    return function* (row, out) {
      const steps = divergencesOf(row, divergences);
      if (steps) yield* steps;
      writePairs(divergences, parameters.k, out);
    };
  },
  compose: ([p, q], { k, ...parameters }) => apply(selection, [divergenceMatrix(p!, q!, parameters)], { k }),
};

function checkCount(k: unknown, rows: number): void {
  if (rows > mostRows) {
    throw new ShapeError({ operation: name, argument: 'q', expected: `at most ${mostRows} rows, whose indices f32 can hold`, got: `${rows} rows`, remedy: 'Search parts of q, and merge their lists.' });
  }
  if (Number.isInteger(k) && (k as number) >= 1 && (k as number) <= rows) return;
  throw new DomainError({ operation: name, argument: 'k', expected: `a whole number from 1 to the ${rows} rows of q`, got: shown(k), remedy: 'Ask for no more neighbours than there are.' });
}

/**
 * The nearest neighbours of each row of p among the rows of q: the k smallest divergences D(p_i‖q_j), nearest first, and
 * the smaller index first among equals. It takes every divergence of rows, with its own parameters beside it.
 *
 * Shapes: p [rowsP, outcomes] and q [rowsQ, outcomes], probabilities or weights; the result is [rowsP, k, 2], each neighbour as
 * (index in q, divergence). The matrix of all pairs is never whole: it is made in blocks of at most 2²⁰ pairs, which need at most
 * 12 MiB beside the rows themselves and what they are turned into for a product, and a running list is kept for each row.
 * It is meant for small k: an ever longer list costs a look at the block for each row of q that enters it.
 * Errors: ShapeError, also for more than 2²⁴ rows of q; DomainError, also for k beyond the rows of q.
 *
 * @example
 * const list = await nearest(p, q, { k: 1, divergence: klDivergence }).read(); // index and divergence of the nearest row of q
 */
export const nearest: {
  <Own extends object>(p: Tensor, q: Tensor, parameters: Neighbours & OfDivergence<Own>): Tensor;
  readonly operation: Operation<Parameters>;
} = Object.assign(
  (p: Tensor, q: Tensor, parameters: object): Tensor => apply(operation, [p, q], parameters as Parameters), { operation },
);
