import burgSource from '../../shaders/divergences/bregman-itakura-saito.wgsl?raw';
import entropySource from '../../shaders/divergences/bregman-negative-entropy.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { checkChoice } from '../engine/operation.ts';
import { logRatioPiece } from '../math/log-ratio.ts';
import { traceTerm, type Value } from '../program/index.ts';
import { bregmanEvaluation, type BregmanDefinition, bregmanSum } from './define-bregman.ts';
import { defineRowDivergence, type DivergenceOf, partsOfWeights, type RowEvaluation, rowSumPieces } from './row-divergence.ts';

/** x log x, x², and −log x, which has two names: Burg's entropy generates the Itakura–Saito divergence. */
export type BregmanGenerator = 'negativeEntropy' | 'squaredEuclidean' | 'itakuraSaito' | 'burg';

export interface BregmanParameters {
  readonly generator: BregmanGenerator;
}

interface Generated extends Pick<BregmanDefinition, 'term' | 'infinite'> {
  /** The term in WGSL by hand, where that takes a third of the time. */
  readonly piece?: Piece;
}

/** e^y − 1 − y, for whose parts `far` stands where e^y is large. */
function growth(y: Value, far: Value): Value {
  return y.isGreater(1.5).select(far, y.squared().times(y.exprel2()));
}

const burg: Generated = {
  term({ p, q }) {
    const y = p.logRatio(q).as('y');
    return growth(y, p.over(q).minus(1).minus(y));
  },
  infinite: { withoutP: true, withoutQ: true },
  piece: { name: 'divergences/bregman-itakura-saito.wgsl', source: burgSource },
};
const generators: Readonly<Record<BregmanGenerator, Generated>> = {
  negativeEntropy: {
    term({ p, q, difference }) {
      const y = q.logRatio(p).as('y');
      return p.isGreater(0).select(p.times(growth(y, difference.negated().over(p).minus(y))), q);
    },
    infinite: { withoutP: false, withoutQ: true },
    piece: { name: 'divergences/bregman-negative-entropy.wgsl', source: entropySource },
  },
  squaredEuclidean: { term: ({ difference }) => difference.squared(), infinite: { withoutP: false, withoutQ: false } },
  itakuraSaito: burg, burg,
};

const [name, formula] = ['bregmanDivergence', 'B_φ(p‖q) = Σ φ(p) − φ(q) − φ′(q)(p − q)'];

function evaluationFor({ term, infinite, piece }: Generated): RowEvaluation<object> {
  const own = bregmanEvaluation(name, formula, traceTerm(name, ['p', 'q', 'difference'], term), infinite);
  if (!piece) return own;
  const { table: _, ...rest } = own;
  return { ...rest, pieces: () => [...rowSumPieces, logRatioPiece, piece, bregmanSum] };
}

const evaluations = new Map(Object.entries(generators).map(([generator, generated]) => [generator, evaluationFor(generated)]));
const evaluationOf = ({ generator }: BregmanParameters): RowEvaluation<object> => evaluations.get(generator)!;

/**
 * Bregman divergence of each row of p from the same row of q, as positive measures: nothing is normalised.
 *
 * B_φ(p‖q) = Σ φ(p) − φ(q) − φ′(q)(p − q) ≥ 0, 0 only where the rows are equal, by the name of φ:
 * - 'negativeEntropy', φ = x log x: Σ p log(p/q) − p + q, in nats; infinite where q is 0 and p is not; q where p is 0;
 * - 'squaredEuclidean', φ = x²: Σ (p − q)²; a square below 2⁻¹²⁶ counts as 0;
 * - 'itakuraSaito' or 'burg', φ = −log x: Σ p/q − log(p/q) − 1; infinite where just one of p and q is 0, 0 where both are.
 *
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 4 ulp of f32. Source: Bregman, USSR Comput. Math. 7 (1967); Banerjee et al.,
 * JMLR 6 (2005).
 *
 * @example
 * const spectra = engine.rows([[3, 1, 0.2]], { outcomes: 3, form: 'weights' });
 * const model = engine.rows([[2, 1, 0.3]], { outcomes: 3, form: 'weights' });
 * const distortion = await bregmanDivergence(spectra, model, { generator: 'itakuraSaito' }).read();
 */
export const bregmanDivergence: DivergenceOf<BregmanParameters> = defineRowDivergence<BregmanParameters>({
  name, formula,
  source: 'Bregman 1967',
  parameters: ['generator'],
  examples: [{ generator: 'negativeEntropy' }, { generator: 'squaredEuclidean' }, { generator: 'itakuraSaito' }, { generator: 'burg' }],
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'terms of one sign, each right to 3 ulp, in compensated sums' },
  check: ({ generator }) => checkChoice(name, 'generator', generator, Object.keys(generators)),
  weights: {
    pieces: (parameters) => evaluationOf(parameters).pieces(parameters),
    parts: partsOfWeights,
    table: (parameters) => evaluationOf(parameters).table?.(parameters),
    cpu: (dispatch) => evaluationOf(dispatch.parameters).cpu?.(dispatch),
    reference: (p, q, parameters) => evaluationOf(parameters).reference(p, q, parameters),
  },
});
