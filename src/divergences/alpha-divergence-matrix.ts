import pairwiseSource from '../../shaders/divergences/pairwise.wgsl?raw';
import unsettledSource from '../../shaders/divergences/pairwise-unsettled.wgsl?raw';
import { DomainError } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import { defineLayout } from '../engine/layout.ts';
import { loaderPieces } from '../engine/loaders.ts';
import { apply, checkFinite, checkOutcomes, type Argument, type Operand, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { alphaDivergenceMatrixOfWeights, type Rows } from '../math/alpha-matrix.ts';
import type { AlphaParameters } from './alpha-divergence.ts';
import { alphaPieces, exampleAlphas, alphaTables, alphaTolerance, unsupportedAlpha } from './alpha-member.ts';
import { identityMember } from './identity-member.ts';
import { polarisedEstimates } from './polarisation.ts';
import type { DivergenceOf } from './row-divergence.ts';

const name = 'alphaDivergenceMatrix';
const pairArguments: readonly Argument[] = [
  { name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'q', takes: 'distributions', axis: 'columns' },
];
const fields = {
  rows: 'u32', width: 'u32', outcomes: 'u32', zero: 'u32', p_start: 'u32', p_stride: 'u32', q_start: 'u32', q_stride: 'u32',
} as const;

/** What the direct evaluation of all pairs and that of the unsettled ones have in common. */
const direct = {
  name, examples: exampleAlphas, formula: 'D_α(p_i‖q_j) for all i, j', source: 'Amari & Nagaoka 2000, §3.2',
  tolerance: alphaTolerance(({ alpha }: AlphaParameters) => alpha),
  unsupported: ({ alpha }: AlphaParameters) => unsupportedAlpha(alpha),
  result: ([p, q]: readonly Tensor[]) => ({ shape: [p!.rows, q!.rows], form: 'values' as const }),
  reference: ([p, q]: readonly Operand[], { alpha }: AlphaParameters) => {
    const rowOf = alphaDivergenceMatrixOfWeights(rowsOf(p!), rowsOf(q!), alpha);
    return (row: number, out: Float64Array) => rowOf(row, out);
  },
};

function rowsOf(operand: Operand): Rows {
  return { count: operand.rows, row: (index) => operand.row(index) };
}

const operation: Operation<AlphaParameters> = {
  ...direct,
  arguments: pairArguments,
  check({ alpha }, [p, q]) {
    checkFinite(name, 'alpha', alpha);
    checkOutcomes(name, 'q', q!, p!.width);
    for (const [index, tensor] of [p!, q!].entries()) checkForm(pairArguments[index]!.name, tensor);
  },
  kernel: {
    pieces: ({ parameters: { alpha }, inputs }) => [...alphaPieces(alpha), ...loaderPieces(inputs), identityMember, { name: 'divergences/pairwise.wgsl', source: pairwiseSource }],
    tables: ({ parameters: { alpha } }) => alphaTables(alpha),
    uniforms: defineLayout(fields),
    values: ({ inputs }) => ({ outcomes: inputs[0]!.width }),
    over: 'rows',
    items: ({ rows, width }) => rows * width,
  },
  compose: ([p, q], parameters) => (productPays(p!, q!, parameters) ? apply(unsettled, [p!, q!, polarisedEstimates(p!, q!, parameters)], parameters) : undefined),
};

const unsettled: Operation<AlphaParameters> = {
  ...direct,
  name: `${name}, unsettled pairs`,
  arguments: [...pairArguments, { name: 'estimates', takes: 'values', axis: 'block' }],
  kernel: {
    ...operation.kernel!,
    pieces: ({ parameters: { alpha }, inputs }) => [...alphaPieces(alpha), ...loaderPieces(inputs), identityMember, { name: 'divergences/pairwise-unsettled.wgsl', source: unsettledSource }],
    uniforms: defineLayout({ ...fields, estimates_start: 'u32', estimates_stride: 'u32' }),
  },
};

/** Few or short rows cost less directly. Beyond |α| = 2 the features span too many powers for a product in f32. */
function productPays(p: Tensor, q: Tensor, { alpha }: AlphaParameters): boolean {
  return Math.abs(alpha) <= 2 && p.width >= 16 && Math.min(p.rows, q.rows) >= 8;
}

function checkForm(argument: string, tensor: Tensor): void {
  if (!isLogits(tensor.form)) return;
  throw new DomainError({
    operation: name, argument, expected: 'rows of probabilities or weights', got: `rows of ${tensor.form}`, remedy: 'Convert the rows with probabilities(), which rounds them to f32.',
  });
}

/**
 * The α-divergences of all pairs of rows, in nats: entry [i, j] is D_α(p_i‖q_j). Conventions are those of `alphaDivergence`.
 *
 * Shapes: p [rowsP, outcomes] and q [rowsQ, outcomes]; the result is [rowsP, rowsQ].
 * Most pairs come from one matrix product about a centre c, D(p‖q) = D(p‖c) + D(c‖q) − Σ X Y; pairs that are so near
 * that the product would lose digits are evaluated directly. Errors: ShapeError, DomainError.
 *
 * @example
 * const d = await alphaDivergenceMatrix(p, q, { alpha: -1 }).read(); // d[i * rowsQ + j]
 */
export const alphaDivergenceMatrix: DivergenceOf<AlphaParameters> = Object.assign(
  (p: Tensor, q: Tensor, parameters: AlphaParameters): Tensor => apply(operation, [p, q], parameters), { operation },
);
