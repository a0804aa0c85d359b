import source from '../../shaders/divergences/total-variation-distance.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { NormalisedPair } from '../math/normalised-pair.ts';
import { CompensatedSum } from '../math/sum.ts';
import { defineRowDivergence, partsOfWeights, rowSumPieces, withoutParameters, type PlainDivergence } from './row-divergence.ts';

const totalVariationDistancePiece: Piece = { name: 'divergences/total-variation-distance.wgsl', source };

/**
 * Total variation distance of each row of p to the same row of q: a metric with values in [0, 1], 1 for disjoint supports.
 *
 * TV(p, q) = ½ Σ |p − q|, the largest difference of the probabilities of an event.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize].
 * Errors: ShapeError, DomainError. Source: Levin & Peres, Markov Chains and Mixing Times (2017), §4.1.
 *
 * @example
 * const tv = await totalVariationDistance(p, q).read();
 */
export const totalVariationDistance: PlainDivergence = withoutParameters(defineRowDivergence<object>({
  name: 'totalVariationDistance',
  formula: 'TV(p, q) = ½ Σ |p − q|',
  source: 'Levin & Peres 2017, §4.1',
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'exact differences of one sign in compensated sums' },
  weights: {
    pieces: () => [...rowSumPieces, totalVariationDistancePiece],
    parts: partsOfWeights,
    reference: totalVariationOfWeights,
  },
}));

/** ½ Σ |p − q| of p/Σp and q/Σq in f64: what the outcomes gain or what they lose, whichever side has less mass and so the smaller errors. */
function totalVariationOfWeights(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const pair = new NormalisedPair(p, q);
  const [gain, loss] = [new CompensatedSum(), new CompensatedSum()];
  let balance = 0;
  for (let k = 0; k < p.length; k++) {
    const difference = pair.difference(k);
    if (difference > 0) gain.add(difference);
    else loss.add(-difference);
    balance += Math.sign(difference) * pair.p(k);
  }
  return balance < 0 ? gain.value : loss.value;
}
