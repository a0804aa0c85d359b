import pairwiseSource from '../../shaders/divergences/pairwise.wgsl?raw';
import unsettledSource from '../../shaders/divergences/pairwise-unsettled.wgsl?raw';
import settledAlphaSource from '../../shaders/divergences/settled-alpha.wgsl?raw';
import settledMemberSource from '../../shaders/divergences/settled-member.wgsl?raw';
import { errorsOf } from '../engine/certificate.ts';
import { DomainError, shown } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import type { CpuCall, Dispatch, Kernel, Piece, Table } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, checkFinite, checkOutcomes, turnsPerStep, type Argument, type Dearness, type Operand, type Operation, type RowWriter } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { alphaDivergenceMatrixOfWeights, type Rows } from '../math/alpha-matrix.ts';
import { alphaDivergence } from './alpha-divergence.ts';
import { hellingerDistance } from './hellinger-distance.ts';
import { identityMember } from './identity-member.ts';
import { klDivergence } from './kl-divergence.ts';
import { polarisedEstimates } from './polarisation.ts';
import type { RowDivergence } from './row-divergence.ts';
import { totalVariationDistance } from './total-variation-distance.ts';

/** A divergence of rows, and its own parameters where it has some. */
export type OfDivergence<Parameters> = Parameters & { readonly divergence: { readonly divergence: RowDivergence<Parameters> } };

export type AnyDivergence = OfDivergence<object>;

const pairArguments: readonly Argument[] = [
  { name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'q', takes: 'distributions', axis: 'columns' },
];
const rowInputs = { p: 'stored', q: 'stored' } as const;
const pairwiseFrame = defineFrame({
  inputs: rowInputs, output: ['divergences', 'u32'], uniforms: { exchanged: 'u32' }, calls: 'compute_item',
});
const pairwise: Piece = { name: 'divergences/pairwise.wgsl', source: pairwiseSource };
const unsettledPairs: Piece = { name: 'divergences/pairwise-unsettled.wgsl', source: unsettledSource };
const settledAlpha: Piece = { name: 'divergences/settled-alpha.wgsl', source: settledAlphaSource };
const settledMember: Piece = { name: 'divergences/settled-member.wgsl', source: settledMemberSource };

export function recordOf({ divergence }: AnyDivergence): RowDivergence<object> {
  return divergence.divergence;
}

/** The reference of one row of the matrix. That of the α-divergence has a product of its own, which a row or two do not repay. */
export function matrixReference([p, q]: readonly Operand[], parameters: AnyDivergence): RowWriter {
  const { weights: { pieces, reference }, alpha } = recordOf(parameters);
  if (p!.rows > 2 && alpha && pieces(parameters).includes(identityMember)) return alphaDivergenceMatrixOfWeights(rowsOf(p!), rowsOf(q!), alpha(parameters));
  const turns = turnsPerStep(p!.width);
  return function* (row, out) {
    for (let j = 0; j < out.length; j++) {
      out[j] = reference(p!.row(row), q!.row(j), parameters);
      if (j % turns === 0) yield;
    }
  };
}

function rowsOf(operand: Operand): Rows {
  return { count: operand.rows, row: (index) => operand.row(index) };
}

/** The relative error of entry [i, j], by the rules of the divergence. */
export function pairError([p, q]: readonly Operand[], parameters: AnyDivergence): (i: number, j: number, got: number, expected: number) => number {
  const { tolerance } = recordOf(parameters);
  const pair = { i: 0, j: 0 };
  const operands = [{ ...p!, rows: 1, row: () => p!.row(pair.i) }, { ...q!, rows: 1, row: () => q!.row(pair.j) }];
  const compare = errorsOf(tolerance, operands, parameters);
  return (i, j, got, expected) => {
    Object.assign(pair, { i, j });
    return compare(0, [got], [expected]);
  };
}

function worstOfRow(operands: readonly Operand[], parameters: AnyDivergence): (row: number, got: ArrayLike<number>, expected: ArrayLike<number>) => number {
  const errorOf = pairError(operands, parameters);
  return (row, got, expected) => Array.from(got).reduce((worst, x, j) => Math.max(worst, errorOf(row, j, x, expected[j]!)), 0);
}

/** All that the direct evaluation of all pairs and that of the unsettled ones have in common. */
const direct: Omit<Operation<AnyDivergence>, 'name' | 'arguments' | 'kernel'> = {
  formula: 'D(p_i‖q_j) for all i, j', source: 'definition; by products: three-point identity, Amari 2016, §4',
  tolerance: {
    ulps: (parameters) => recordOf(parameters).tolerance.ulps(parameters), relativeTo: 'entry', reason: 'every pair is as right as a row of the divergence', compare: worstOfRow,
  },
  unsupported: (parameters) => recordOf(parameters).unsupported?.(parameters),
  dearness: (parameters, inputs) => dearnessOfPairs(parameters, inputs),
  result: ([p, q]) => ({ shape: [p!.rows, q!.rows], form: 'values' }),
  reference: matrixReference,
};

/** Checks what all functions of all pairs have in common. */
export function checkPairs(name: string, parameters: AnyDivergence, [p, q]: readonly Tensor[]): void {
  checkDivergence(name, parameters.divergence);
  const { check, alpha } = recordOf(parameters);
  if (alpha) checkFinite(name, 'alpha', alpha(parameters));
  else check?.(parameters);
  checkOutcomes(name, 'q', q!, p!.width);
  for (const [index, { form }] of [p!, q!].entries()) {
    if (!isLogits(form)) continue;
    throw new DomainError({
      operation: name, argument: pairArguments[index]!.name, expected: 'rows of probabilities or weights', got: `rows of ${form}`, remedy: 'Convert the rows with probabilities(), which rounds them to f32.',
    });
  }
}

function checkDivergence(operation: string, divergence: unknown): void {
  if (typeof divergence === 'function' && 'divergence' in divergence) return;
  throw new DomainError({
    operation, argument: 'divergence', expected: 'a divergence of rows, such as klDivergence', got: shown(divergence), remedy: 'Pass the function itself: { divergence: klDivergence }.',
  });
}

const exchanged = ({ parameters }: Dispatch<AnyDivergence>): boolean => recordOf(parameters).weights.exchanged?.(parameters) ?? false;
const orderOf = (dispatch: Dispatch<AnyDivergence>): readonly number[] => (exchanged(dispatch) ? [1, 0] : [0, 1]);

const rowPieces = ({ parameters }: Dispatch<AnyDivergence>): readonly Piece[] => recordOf(parameters).weights.pieces(parameters);

/** What kernels of pairs of rows have in common. */
const pairs = {
  order: orderOf,
  table: ({ parameters }) => recordOf(parameters).weights.table?.(parameters),
  values: (dispatch) => ({ exchanged: exchanged(dispatch) ? 1 : 0 }),
  over: 'rows',
} as const satisfies Partial<Kernel<AnyDivergence>>;

/** Functions of the WebAssembly module for rows, in the order of the numbers that its functions for pairs know them by. */
const rowFunctions: readonly string[] = ['klRows', 'alphaRows', 'farAlphaRows', 'mixtureRows', 'hellingerRows'];
const noTable: Table = { key: 'none', make: () => new Float32Array(0) };

/** How the CPU evaluates pairs, if it has a function for rows. */
function pairsCall(name: 'allPairs' | 'unsettledPairs', dispatch: Dispatch<AnyDivergence>): CpuCall | undefined {
  const call = recordOf(dispatch.parameters).weights.cpu?.(dispatch);
  if (call?.name === 'programRows' && name === 'allPairs') return { ...call, name: 'programPairs' };
  if (!call || !rowFunctions.includes(call.name)) return undefined;
  const { order = [0, 1], tables = [], numbers = [] } = call;
  const [contract, member, factor] = call.name === 'mixtureRows' ? [0, numbers[0]!, 1] : numbers;
  return { name, tables: [tables[0] ?? noTable], numbers: [rowFunctions.indexOf(call.name), order[0]!, contract!, member!, factor!] };
}

/** The operation under the name that the caller knows it by. */
export function matrixOperation(name: string, usage: string, examples: readonly AnyDivergence[]): Operation<AnyDivergence> {
  return {
    ...direct, information: (parameters) => recordOf(parameters).information?.(parameters) ?? false,
    name, usage, parameters: ['divergence'], examples, arguments: pairArguments,
    check: (parameters, inputs) => checkPairs(name, parameters, inputs),
    kernel: {
      ...pairs, frame: pairwiseFrame,
      pieces: (dispatch) => [...rowPieces(dispatch), pairwise],
      items: ({ rows, width }) => rows * width,
    },
    cpu: (dispatch) => (productPays(dispatch.inputs, dispatch.parameters) ? undefined : pairsCall('allPairs', dispatch)),
    compose: ([p, q], parameters) => (productPays([p!, q!], parameters) ? apply(unsettled, [p!, q!, polarisedEstimates(p!, q!, { alpha: recordOf(parameters).alpha!(parameters) })], parameters) : undefined),
  };
}

const unsettled: Operation<AnyDivergence> = {
  ...direct,
  name: 'unsettledPairs',
  arguments: [...pairArguments, { name: 'estimates', takes: 'values', axis: 'block' }],
  kernel: {
    ...pairs,
    order: (dispatch) => [...orderOf(dispatch), 2],
    frame: defineFrame({
      inputs: { ...rowInputs, estimates: 'f32' }, output: ['divergences', 'u32'],
      uniforms: { strip: 'u32', exchanged: 'u32' }, calls: 'compute_item',
    }),
    pieces(dispatch) {
      const pieces = rowPieces(dispatch);
      return [...pieces, pieces.includes(identityMember) ? settledAlpha : settledMember, unsettledPairs];
    },
    values: (dispatch) => ({ ...pairs.values(dispatch), strip: stripOf(dispatch) }),
    items: (dispatch) => dispatch.rows * Math.ceil(dispatch.width / stripOf(dispatch)),
  },
  cpu(dispatch) {
    const call = pairsCall('unsettledPairs', dispatch);
    return call && { ...call, inPlaceOf: 2 };
  },
};

/** Turns of its loops that a lane makes at most, all in all: lavapipe ends them after 65,535. */
const mostTurns = 65_535;

/** Estimates that one item looks through: enough items for a device of many lanes, and not more than needed. */
function stripOf({ rows, width, inputs }: Dispatch<AnyDivergence>): number {
  const sweeps = Math.floor(mostTurns / (4 + inputs[0]!.width)); // four sweeps by quads, if no pair is settled
  return Math.max(1, Math.min(256, width, sweeps, Math.floor((rows * width) / 4096)));
}

/** Few or short rows cost less directly. Beyond |α| = 2 the features span too many powers for a product in f32. */
function productPays([p, q]: Dispatch<AnyDivergence>['inputs'], parameters: AnyDivergence): boolean {
  const alpha = recordOf(parameters).alpha?.(parameters) ?? Infinity;
  return Math.abs(alpha) <= 2 && p!.width >= 16 && Math.min(p!.rows, q!.rows) >= 8;
}

/** A product has a multiply-add where a divergence has a term. */
export function dearnessOfPairs(parameters: AnyDivergence, inputs: Dispatch<AnyDivergence>['inputs']): Dearness {
  return productPays(inputs, parameters) ? { webgpu: 0.1, fast: 0.1 } : recordOf(parameters).dearness ?? {};
}

const operation: Operation<AnyDivergence> = matrixOperation('divergenceMatrix', 'divergenceMatrix(p, q, { divergence })', [
  { divergence: klDivergence }, { divergence: hellingerDistance }, { divergence: totalVariationDistance }, { divergence: alphaDivergence, alpha: 2.5 } as AnyDivergence,
]);

/**
 * A divergence of all pairs of rows: entry [i, j] is that of p_i and q_j. It takes every divergence of rows, with its own
 * parameters beside it, and follows its conventions.
 *
 * Shapes: p [rowsP, outcomes] and q [rowsQ, outcomes], probabilities or weights; the result is [rowsP, rowsQ].
 * Functions of the α-divergence with |α| ≤ 2 come from one matrix product about a centre c, D(p‖q) = D(p‖c) + D(c‖q) − Σ X Y,
 * save pairs that are so near that the product would lose digits; these, and other divergences, are evaluated directly.
 * Errors: ShapeError, DomainError; each entry is as right as the divergence itself.
 *
 * @example
 * const d = await divergenceMatrix(p, q, { divergence: klDivergence }).read(); // d[i * rowsQ + j] = KL(p_i‖q_j)
 */
export const divergenceMatrix: {
  <Parameters extends object>(p: Tensor, q: Tensor, parameters: OfDivergence<Parameters>): Tensor;
  readonly operation: Operation<AnyDivergence>;
} = Object.assign(
  (p: Tensor, q: Tensor, parameters: object): Tensor => apply(operation, [p, q], parameters as AnyDivergence), { operation },
);
