import burgSource from '../../shaders/divergences/bregman-itakura-saito.wgsl?raw';
import entropySource from '../../shaders/divergences/bregman-negative-entropy.wgsl?raw';
import squareSource from '../../shaders/divergences/bregman-squared-euclidean.wgsl?raw';
import sumSource from '../../shaders/divergences/bregman-sum.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { checkChoice } from '../engine/operation.ts';
import { alphaTerm } from '../math/alpha-family.ts';
import { logRatioPiece } from '../math/log-ratio.ts';
import { CompensatedSum } from '../math/sum.ts';
import { defineRowDivergence, partsOfWeights, rowSumPieces, type DivergenceOf } from './row-divergence.ts';

/** x log x, x², and −log x, which has two names: Burg's entropy generates the Itakura–Saito divergence. */
export type BregmanGenerator = 'negativeEntropy' | 'squaredEuclidean' | 'itakuraSaito' | 'burg';

export interface BregmanParameters {
  readonly generator: BregmanGenerator;
}

interface Generated {
  readonly term: Piece;
  readonly reference: (p: number, q: number) => number;
}

const negativeEntropy: Generated = {
  term: { name: 'divergences/bregman-negative-entropy.wgsl', source: entropySource },
  reference: (p, q) => alphaTerm(p, q, -1),
};
const squaredEuclidean: Generated = {
  term: { name: 'divergences/bregman-squared-euclidean.wgsl', source: squareSource },
  reference: (p, q) => (p - q) ** 2,
};
const burg: Generated = {
  term: { name: 'divergences/bregman-itakura-saito.wgsl', source: burgSource },
  reference(p, q) {
    if (p === 0 || q === 0) return p === q ? 0 : Infinity;
    return alphaTerm(q, p, -1) / q; // p/q − log(p/q) − 1 is the divergence of x log x from q to p, over q
  },
};
const generators: Readonly<Record<BregmanGenerator, Generated>> = { negativeEntropy, squaredEuclidean, itakuraSaito: burg, burg };

/** What joins a term of a Bregman divergence to the sweep over a row. */
export const bregmanSum: Piece = { name: 'divergences/bregman-sum.wgsl', source: sumSource };

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
  name: 'bregmanDivergence',
  formula: 'B_φ(p‖q) = Σ φ(p) − φ(q) − φ′(q)(p − q)',
  source: 'Bregman 1967',
  parameters: ['generator'],
  examples: [{ generator: 'negativeEntropy' }, { generator: 'squaredEuclidean' }, { generator: 'itakuraSaito' }, { generator: 'burg' }],
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'terms of one sign, each right to 3 ulp, in compensated sums' },
  check: ({ generator }) => checkChoice('bregmanDivergence', 'generator', generator, Object.keys(generators)),
  weights: {
    pieces: ({ generator }) => [...rowSumPieces, logRatioPiece, generators[generator].term, bregmanSum],
    parts: partsOfWeights,
    reference(p, q, { generator }) {
      const { reference } = generators[generator];
      const sum = new CompensatedSum();
      for (let k = 0; k < p.length; k++) {
        const term = reference(p[k]!, q[k]!);
        if (term === Infinity) return Infinity;
        sum.add(term);
      }
      return sum.value;
    },
  },
});
