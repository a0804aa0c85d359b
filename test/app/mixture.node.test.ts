import { expect, it } from 'vitest';
import { mixtures, worstDualityGap } from '../../app/mixture.ts';

const components = { data: Float32Array.of(0.5, 0.5, 0, 0.25, 0.25, 0.5), rows: 2, outcomes: 3 };
const everywhere = (): boolean => true;

it('mixes components by their weights', () => {
  const weights = { data: Float32Array.of(1, 0, 0.5, 0.5), rows: 2, outcomes: 2 };
  expect([...mixtures(weights, components).data]).toEqual([0.5, 0.5, 0, 0.375, 0.375, 0.25]);
});

it('has no duality gap at the target and one at any other weights', () => {
  const targets = { data: Float32Array.of(0.375, 0.375, 0.25), rows: 1, outcomes: 3 };
  const gapAt = (w: number): number =>
    worstDualityGap({ data: Float32Array.of(w, 1 - w), rows: 1, outcomes: 2 }, components, targets, everywhere);
  expect(gapAt(0.5)).toBe(0);
  // At w = (¼, ¾) the mixture is (5/16, 5/16, 3/8): Σ t r₁/q = 6/5, so that more weight on r₁ can gain at most 1/5.
  expect(gapAt(0.25)).toBeCloseTo(0.2, 6);
});

it('bounds the gain over the components that are allowed alone', () => {
  const targets = { data: Float32Array.of(0.5, 0.5, 0), rows: 1, outcomes: 3 };
  const second = { data: Float32Array.of(0, 1), rows: 1, outcomes: 2 };
  expect(worstDualityGap(second, components, targets, everywhere)).toBeCloseTo(1, 6);
  expect(worstDualityGap(second, components, targets, (_, m) => m === 1)).toBeCloseTo(0, 6);
});
