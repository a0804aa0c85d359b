import partsSource from '../../shaders/divergences/parts-of-weights.wgsl?raw';
import rowSumsSource from '../../shaders/divergences/row-sums.wgsl?raw';
import rowwiseSource from '../../shaders/divergences/rowwise.wgsl?raw';
import { DomainError } from '../engine/errors.ts';
import { isLogits, type Form } from '../engine/forms.ts';
import type { CpuCall, Dispatch, KernelTable, Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, checkOutcomes, type Argument, type Dearness, type Operation, type Tolerance } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { equalMassesPieces } from '../math/equal-masses.ts';
import { reducible, type ReductionParameters } from './reduction.ts';
import { splitPays, splitRows, type RowSums } from './split-rows.ts';
import { tempering, type TemperatureParameters } from '../math/temperature.ts';

/** How a divergence is evaluated on rows of one kind: its WGSL, the table that goes with it, and the f64 reference. */
export interface RowEvaluation<Parameters> {
  readonly pieces: (parameters: Parameters) => readonly Piece[];
  readonly table?: (parameters: Parameters) => KernelTable | undefined;
  /** WGSL by which the parts of a row know of one another, if rows may be split. */
  readonly parts?: Piece;
  /** Whether the WGSL is that of D(q‖p) as a function of p and q. */
  readonly exchanged?: (parameters: Parameters) => boolean;
  /** Whether D(p‖q) = D(q‖p), which then holds to the last bit but for the finish. */
  readonly symmetric?: (parameters: Parameters) => boolean;
  /** How the CPU does it fast, if it can. */
  readonly cpu?: (dispatch: Dispatch<Parameters>) => CpuCall | undefined;
  readonly reference: (p: ArrayLike<number>, q: ArrayLike<number>, parameters: Parameters) => number;
}

/** A divergence of two rows. A new one is such a record, its WGSL term, its test, and a line in index.ts. */
export interface RowDivergence<Parameters> {
  readonly name: string;
  /** Whether a caller of the library defined it. */
  readonly isOwn?: true;
  /** @internal */ readonly formula: string;
  /** @internal */ readonly source: string;
  /** Whether its numbers are information, in nats. */
  readonly information?: (parameters: Parameters) => boolean;
  /** The names of its parameters, if it has any. */
  readonly parameters?: readonly string[];
  /** Parameters that tests and the bench run it with, if it has any. */
  readonly examples?: readonly Parameters[];
  readonly tolerance: Tolerance<Parameters>;
  readonly check?: (parameters: Parameters) => void;
  readonly unsupported?: (parameters: Parameters) => string | undefined;
  /**
   * For rows of probabilities or weights. The WGSL gives `load_constants`, `divergence_term`, `term_without_p` and
   * `term_without_q` (−1 for an infinite term), `masses_matter` and `divergence_of`; see shaders/divergences/row-sums.wgsl.
   */
  readonly weights: RowEvaluation<Parameters>;
  /** For rows of logits or log-probabilities, normalised on the way and never stored. Its WGSL gives `row_divergence`. */
  readonly logits?: RowEvaluation<Parameters>;
  /** For the choice of a place, where numbers are far from as dear as usual. */
  readonly dearness?: Dearness;
  /** What else the operation is to take. */
  readonly extended?: (operation: Operation<Parameters>) => Operation<Parameters>;
  /** Whether p and q may be of unlike forms, one by its logarithms and the other not. */
  readonly mixes?: true;
  /** Of a function of the α-divergence, its α: a matrix of all pairs may then come from a product of matrices. */
  readonly alpha?: (parameters: Parameters) => number;
}

/** What every operation with one number a row takes. */
export type RowParameters = ReductionParameters & TemperatureParameters;

/** A function of the rows of p and q, with the operation that it stands for. */
export interface PairFunction<Parameters> {
  (p: Tensor, q: Tensor, parameters: Parameters & RowParameters): Tensor;
  readonly operation: Operation<Parameters>;
}

/** One that has no parameters. */
export interface PlainPairFunction {
  (p: Tensor, q: Tensor, parameters?: RowParameters): Tensor;
  readonly operation: Operation<object>;
}

/** A divergence of rows: its record is what all pairs are made of. */
export interface DivergenceOf<Parameters> extends PairFunction<Parameters> {
  readonly divergence: RowDivergence<Parameters>;
}

export interface PlainDivergence extends PlainPairFunction {
  readonly divergence: RowDivergence<object>;
}

/** The divergence for callers that have no parameters to give, with all that it carries. */
export function withoutParameters<Divergence extends PairFunction<object>>(divergence: Divergence): PlainPairFunction & Omit<Divergence, 'operation'> {
  return Object.assign((p: Tensor, q: Tensor, parameters: RowParameters = {}) => apply(divergence.operation, [p, q], parameters), divergence);
}

export const rowSumPieces: readonly Piece[] = [
  ...equalMassesPieces,
  { name: 'divergences/row-sums.wgsl', source: rowSumsSource },
];
/** For evaluations by `rowSumPieces`. */
export const partsOfWeights: Piece = { name: 'divergences/parts-of-weights.wgsl', source: partsSource };
export const pairArguments: readonly Argument[] = [
  { name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'q', takes: 'distributions', axis: 'rows' },
];

const rowwise: Piece = { name: 'divergences/rowwise.wgsl', source: rowwiseSource };
const frame = defineFrame({
  inputs: { p: 'stored', q: 'stored' }, output: ['divergences', 'u32'], uniforms: { symmetric: 'u32' }, calls: 'compute_item',
});

/** Makes the operation of a divergence: lazy, one value a row. */
export function defineRowDivergence<Parameters extends object>(divergence: RowDivergence<Parameters>): DivergenceOf<Parameters> {
  const { name, isOwn, information, formula, source, parameters: names = [], examples, tolerance, unsupported, weights, logits, dearness } = divergence;
  const evaluationOf = ([p]: readonly { readonly form: Form }[]): RowEvaluation<Parameters> => (isLogits(p!.form) ? logits! : weights);
  const sums = rowSums(evaluationOf);
  const operation: Operation<Parameters> = {
    name, formula, source, tolerance, arguments: pairArguments, parameters: names,
    ...(isOwn && { isOwn }),
    ...(information && { information }),
    ...(dearness && { dearness: () => dearness }),
    ...(examples && { examples }),
    ...(unsupported && { unsupported }),
    check(parameters, [p, q]) {
      divergence.check?.(parameters);
      checkOutcomes(name, 'q', q!, p!.width);
      if (!divergence.mixes) checkForms(name, p!, q!, logits !== undefined);
    },
    result: (inputs) => ({ shape: [batchSize(operation, inputs)], form: 'values' }),
    kernel: { ...sums, teams: true, frame, pieces: (dispatch) => [...sums.pieces(dispatch), rowwise] },
    compose(inputs, parameters) {
      const { parts } = evaluationOf(inputs);
      if (!parts || !splitPays(operation, inputs)) return undefined;
      return splitRows(operation, { ...sums, pieces: (dispatch) => [...sums.pieces(dispatch), parts] }, inputs, parameters);
    },
    ...((weights.cpu || logits?.cpu) && { cpu: (dispatch) => evaluationOf(dispatch.inputs).cpu?.(dispatch) }),
    reference(operands, parameters) {
      const [p, q] = operands;
      const { reference } = evaluationOf(operands);
      return (row, out) => { out[0] = reference(p!.row(row), q!.row(row), parameters); };
    },
  };
  const whole = reducible(divergence.extended?.(operation) ?? (logits ? tempering(operation) : operation));
  return Object.assign((p: Tensor, q: Tensor, parameters: Parameters) => apply(whole, [p, q], parameters), { operation: whole, divergence });
}

/** The kernel but for its frame, and the function that this calls. */
function rowSums<Parameters>(evaluationOf: (inputs: Dispatch<Parameters>['inputs']) => RowEvaluation<Parameters>): RowSums<Parameters> {
  return {
    order: ({ parameters, inputs }) => (evaluationOf(inputs).exchanged?.(parameters) ? [1, 0] : [0, 1]),
    pieces: ({ parameters, inputs }) => evaluationOf(inputs).pieces(parameters),
    table: ({ parameters, inputs }) => evaluationOf(inputs).table?.(parameters),
    values: ({ parameters, inputs }) => ({ symmetric: evaluationOf(inputs).symmetric?.(parameters) ? 1 : 0 }),
    over: 'rows',
  };
}

/** Rounding one of the rows to meet the other would cost the accuracy of near rows, so the caller decides. */
export function checkForms(operation: string, p: Tensor, q: Tensor, takesLogits: boolean): void {
  if (isLogits(p.form) && !takesLogits) throw formError(operation, 'p', 'probabilities or weights', p.form);
  if (isLogits(p.form) !== isLogits(q.form)) throw formError(operation, 'q', isLogits(p.form) ? 'logits or log-probabilities, like p' : 'probabilities or weights, like p', q.form);
}

function formError(operation: string, argument: string, expected: string, form: Form): DomainError {
  return new DomainError({ operation, argument, expected: `rows of ${expected}`, got: `rows of ${form}`, remedy: 'Convert the rows with probabilities(), which rounds them to f32.' });
}
