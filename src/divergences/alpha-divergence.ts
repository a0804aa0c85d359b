import { apply, checkFinite, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { defineAlphaMember, exampleAlphas, type AlphaMemberOf, type AlphaParameters } from './alpha-member.ts';
import { withAlphaRows, type RowAlphaParameters } from './alpha-rows.ts';
import { identityMember } from './identity-member.ts';
import { reducible } from './reduction.ts';
import type { PairFunction } from './row-divergence.ts';
import { tempering } from '../math/temperature.ts';

const single: AlphaMemberOf<AlphaParameters> = defineAlphaMember<AlphaParameters>({
  name: 'alphaDivergence',
  formula: 'D_α(p‖q) = 4/(1−α²) (1 − Σ p^((1−α)/2) q^((1+α)/2))',
  source: 'Amari & Nagaoka 2000, §3.2',
  parameters: ['alpha'],
  information: ({ alpha }) => Math.abs(alpha) === 1,
  examples: exampleAlphas,
  alpha: ({ alpha }) => alpha,
  check: ({ alpha }) => checkFinite('alphaDivergence', 'alpha', alpha),
  member: identityMember,
  fromAlpha: (divergence) => divergence,
  slope: 1,
});
const operation: Operation<RowAlphaParameters> = reducible(tempering(withAlphaRows(single.operation)));

/**
 * Amari's α-divergence of each row of p from the same row of q, in nats: D ≥ 0, 0 only where the rows are equal.
 *
 * D_α(p‖q) = 4/(1−α²) (1 − Σ p^((1−α)/2) q^((1+α)/2)), and its limits at ±1. D_α(p‖q) = D_−α(q‖p).
 * Zeros: mass of q where p = 0 costs q·2/(1−α), mass of p where q = 0 costs p·2/(1+α); infinite where that is not positive.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize]. `alpha` is a number, or a list
 * of batchSize numbers: one for each row, which costs 1.4 KB and 20 µs for each that differs from all others. Both rows may serve a list of α.
 * Errors: ShapeError, DomainError; within 4 ulp of f32 for |α| ≤ 1, 6 for |α| ≤ 3. |α| > 15 runs on the CPU.
 * Source: Amari & Nagaoka, Methods of Information Geometry (2000), §3.2; Cichocki & Amari, Entropy 12 (2010).
 *
 * @example
 * const d = await alphaDivergence(p, q, { alpha: 0.5 }).read();
 * const e = await alphaDivergence(p, q, { alpha: [0.5, -1] }).read(); // an α for each of two rows
 */
export const alphaDivergence: PairFunction<RowAlphaParameters> & Pick<AlphaMemberOf<AlphaParameters>, 'alphaMember' | 'divergence'> = Object.assign(
  (p: Tensor, q: Tensor, parameters: RowAlphaParameters): Tensor => apply(operation, [p, q], parameters), { operation, alphaMember: single.alphaMember, divergence: single.divergence },
);
