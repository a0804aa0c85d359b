import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alphaDivergenceOfLogits,
  alphaDivergenceOfMeasures,
  alphaDivergenceOfWeights,
  alphaTerm,
  deformedLogRatio,
  logRatio,
  logSumExp,
  softmax,
  weights,
} from '../../src/math/alpha-family.ts';
import { relativeError, uniformFrom } from './relative-error.ts';

const close = (actual: number, expected: number, relative: number): void =>
  expect(relativeError(actual, expected), `${actual} against ${expected}`).toBeLessThanOrEqual(relative);

const positive = fc.double({ min: 1e-9, max: 1, noNaN: true });
const pairOfRows = fc
  .integer({ min: 2, max: 12 })
  .chain((K) =>
    fc.tuple(fc.array(positive, { minLength: K, maxLength: K }), fc.array(positive, { minLength: K, maxLength: K })),
  );
const anyAlpha = fc.oneof(fc.constantFrom(-3, -1, 0, 1, 3), fc.double({ min: -3, max: 3, noNaN: true }));

function normalised(row: readonly number[]): number[] {
  const total = row.reduce((sum, x) => sum + x, 0);
  return row.map((x) => x / total);
}

describe('closed forms', () => {
  test('KL of Bernoulli rows and the arguments of α = ±1', () => {
    const kl = 0.25 * Math.log(0.25 / 0.5) + 0.75 * Math.log(0.75 / 0.5);
    close(alphaDivergenceOfWeights([0.25, 0.75], [0.5, 0.5], -1), kl, 1e-14);
    close(alphaDivergenceOfWeights([0.5, 0.5], [0.25, 0.75], 1), kl, 1e-14);
  });

  test('α = 0 is 4 H² = 2 Σ(√p − √q)²', () => {
    close(alphaDivergenceOfWeights([1, 0, 0], [0, 1, 0], 0), 4, 1e-15);
    close(alphaDivergenceOfWeights([1, 0, 0], [0.25, 0.25, 0.5], 0), 4 * (1 - 0.5), 1e-15);
    close(alphaDivergenceOfMeasures([9, 1], [1, 16], 0), 2 * (4 + 9), 1e-15);
  });

  test('α = −3 is half of Pearson’s χ², α = 3 half of Neyman’s', () => {
    fc.assert(
      fc.property(pairOfRows, ([p, q]) => {
        const [u, v] = [normalised(p), normalised(q)];
        const chiSquare = (by: number[]): number => u.reduce((sum, x, k) => sum + (x - v[k]!) ** 2 / by[k]!, 0);
        fc.pre(chiSquare(v) > 1e-6); // below that the formula itself is rounding noise
        close(alphaDivergenceOfWeights(p, q, -3), chiSquare(v) / 2, 1e-9);
        close(alphaDivergenceOfWeights(p, q, 3), chiSquare(u) / 2, 1e-9);
      }),
    );
  });

  test('a pair of equal differences: Σ(q − p)²/(2p) at α = 3, term by term', () => {
    for (const q of [1 + 2 ** -40, 1.25, 7, 1e9]) close(alphaTerm(1, q, 3), (q - 1) ** 2 / 2, 4e-15);
    for (const p of [1 - 2 ** -40, 0.25, 1e-9]) close(alphaTerm(p, 1, -3), (1 - p) ** 2 / 2, 4e-15);
  });

  test('large α with moderate ratios: integer powers are exact enough to compare', () => {
    // b = −24, a = 25 at α = 49: φ(1, q) = (−24 + 25 q − q²⁵)/(−600), cancelling only near q = 1
    for (const q of [0.25, 0.5, 2, 3, 10, 1024]) {
      close(alphaTerm(1, q, 49), (q ** 25 - 25 * q + 24) / 600, 1e-11);
      close(alphaTerm(q, 1, -49), (q ** 25 - 25 * q + 24) / 600, 1e-11);
    }
    // the same at α = 50 − 1, near one: Σ_{j<24} (j + 1)(q^{23−j})-type sum (q − 1)² Σ_j (24 − j) q^j / 600
    for (const q of [0.9, 0.99, 1 + 1e-6, 1.01, 1.05, 1.3]) {
      let sum = 0;
      for (let j = 0; j < 24; j++) sum += (24 - j) * q ** j;
      close(alphaTerm(1, q, 49), ((q - 1) ** 2 * sum) / 600, 1e-11);
    }
  });

  test('α = ±50 against the definition in sums of equal sign', () => {
    for (const q of [0.3, 0.8, 1.5, 2.5]) {
      const [a, b] = [25.5, -24.5];
      close(alphaTerm(1, q, 50), (b + a * q - q ** a) / (a * b), 1e-11);
      close(alphaTerm(q, 1, -50), (b + a * q - q ** a) / (a * b), 1e-11);
    }
  });
});

describe('continuity through α = ±1', () => {
  test.each([1e-3, 1e-7, 1e-12, 2 ** -52])('a distance of %d changes D by the same order', (epsilon) => {
    const [p, q] = [
      [0.1, 0.2, 0.7],
      [0.5, 0.3, 0.2],
    ];
    for (const centre of [-1, 1]) {
      const D = alphaDivergenceOfWeights(p, q, centre);
      for (const alpha of [centre - epsilon, centre + epsilon]) {
        expect(relativeError(alphaDivergenceOfWeights(p, q, alpha), D)).toBeLessThan(epsilon + 1e-15);
      }
    }
  });

  test('T_c(x) tends to x', () => {
    expect(deformedLogRatio(0, 1.5)).toBe(1.5);
    close(deformedLogRatio(1e-300, 1.5), 1.5, 1e-15);
    close(deformedLogRatio(1, 1e-9), Math.expm1(1e-9), 1e-15);
    expect(weights(-1 + 2 ** -52)).toEqual({ a: 2 ** -53, b: 1 - 2 ** -53 });
  });
});

describe('properties', () => {
  test('duality D_α(p‖q) = D_−α(q‖p)', () => {
    fc.assert(
      fc.property(pairOfRows, anyAlpha, ([p, q], alpha) => {
        close(alphaDivergenceOfWeights(p, q, alpha), alphaDivergenceOfWeights(q, p, -alpha), 1e-13);
      }),
    );
  });

  test('nonnegative, and exactly zero from a row to itself', () => {
    fc.assert(
      fc.property(pairOfRows, anyAlpha, ([p, q], alpha) => {
        expect(alphaDivergenceOfWeights(p, q, alpha)).toBeGreaterThanOrEqual(0);
        expect(alphaDivergenceOfWeights(p, p, alpha)).toBe(0);
        expect(alphaDivergenceOfLogits(p, p, alpha)).toBe(0);
      }),
    );
  });

  test('merging outcomes loses divergence, splitting in a fixed proportion keeps it', () => {
    // 24-bit entries within 20 binades and shares of 6 bits: sums and products here are exact
    const entry = fc.float({ min: 2 ** -20, max: 1, noNaN: true });
    const rows = fc.tuple(
      fc.array(entry, { minLength: 4, maxLength: 4 }),
      fc.array(entry, { minLength: 4, maxLength: 4 }),
    );
    fc.assert(
      fc.property(rows, anyAlpha, fc.integer({ min: 1, max: 63 }), ([p, q], alpha, share) => {
        const merge = ([x, y, ...rest]: number[]): number[] => [x! + y!, ...rest];
        const split = ([x, ...rest]: number[]): number[] => [(x! * share) / 64, (x! * (64 - share)) / 64, ...rest];
        const D = alphaDivergenceOfMeasures(p, q, alpha);
        expect(alphaDivergenceOfMeasures(merge(p), merge(q), alpha)).toBeLessThanOrEqual(D * (1 + 1e-13));
        close(alphaDivergenceOfMeasures(split(p), split(q), alpha), D, 1e-13);
      }),
    );
  });

  test('the weights may be scaled, and the mass decomposition is exact', () => {
    fc.assert(
      fc.property(pairOfRows, anyAlpha, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), ([p, q], alpha, scale) => {
        const { b, a } = weights(alpha);
        const D = alphaDivergenceOfWeights(p, q, alpha);
        fc.pre(D > 1e-6); // scaling by a number rounds every entry
        close(
          alphaDivergenceOfWeights(
            p,
            q.map((x) => x * scale),
            alpha,
          ),
          D,
          1e-9,
        );
        const [P, Q] = [p, q].map((row) => row.reduce((sum, x) => sum + x, 0)) as [number, number];
        close(alphaTerm(P, Q, alpha) + P ** b * Q ** a * D, alphaDivergenceOfMeasures(p, q, alpha), 1e-9);
      }),
    );
  });

  test('logits and probabilities give the same', () => {
    fc.assert(
      fc.property(pairOfRows, anyAlpha, ([p, q], alpha) => {
        const D = alphaDivergenceOfWeights(p, q, alpha);
        fc.pre(D > 1e-6); // the logarithms round
        close(
          alphaDivergenceOfLogits(
            p.map(Math.log),
            q.map((x) => Math.log(x) + 7),
            alpha,
          ),
          D,
          1e-8,
        );
      }),
    );
  });
});

describe('near rows', () => {
  test('rows that differ by 1e-9 and a factor: the quadratic ½ Σ p (δ − δ̄)²', () => {
    const uniform = uniformFrom(1);
    const p = Float64Array.from({ length: 50 }, () => Math.round(2 ** 20 * uniform()) + 1);
    const delta = p.map(() => 2 ** -30 * Math.round(16 * uniform() - 8));
    const q = p.map((x, k) => 3 * x * (1 + delta[k]!)); // exact: 20 + 4 + 30 bits at most 53 are needed
    const P = p.reduce((sum, x) => sum + x, 0);
    const mean = p.reduce((sum, x, k) => sum + x * delta[k]!, 0) / P;
    const quadratic = p.reduce((sum, x, k) => sum + (x / P) * (delta[k]! - mean) ** 2, 0) / 2;
    for (const alpha of [-3, -1, 0, 0.5, 1, 3]) close(alphaDivergenceOfWeights(p, q, alpha), quadratic, 2e-8);
    close(alphaDivergenceOfWeights(p, q, 0.5), alphaDivergenceOfWeights(q, p, -0.5), 1e-13);
  });

  test('logits keep 12 digits under offsets that are not common', () => {
    const base = [0.5, -1.25, 2, 0, -3];
    const step = [1, -2, 0, 1, 3].map((x) => x * 2 ** -20);
    const near = base.map((x, k) => x + step[k]!);
    for (const alpha of [-1, 0.3, 1]) {
      const D = alphaDivergenceOfLogits(base, near, alpha);
      expect(D).toBeGreaterThan(1e-13);
      const moved = alphaDivergenceOfLogits(
        base.map((x) => x + 20),
        near.map((x) => x - 15),
        alpha,
      );
      close(moved, D, 1e-12);
      close(alphaDivergenceOfLogits(near, base, -alpha), D, 1e-12);
    }
  });

  test('logits that differ by 2^−48: the error of the normalisers is repaired', () => {
    const base = [0.5, -1.25, 0.75, 0, -3];
    const step = [1, -2, 0, 1, 3].map((x) => x * 2 ** -48);
    const p = new Float64Array(5);
    softmax(base, p);
    const mean = p.reduce((sum, x, k) => sum + x * step[k]!, 0);
    const variance = p.reduce((sum, x, k) => sum + x * (step[k]! - mean) ** 2, 0);
    for (const alpha of [-1, 0.3, 1]) {
      const near = base.map((x, k) => x + step[k]! + 4);
      const exact = near.every((x, k) => x - 4 - base[k]! === step[k]);
      expect(exact).toBe(true);
      close(alphaDivergenceOfLogits(base, near, alpha), variance / 2, 1e-12);
    }
  });
});

describe('zeros and overflow', () => {
  test.each([
    [-3, 'q'],
    [-1, 'q'],
    [-0.5, ''],
    [0, ''],
    [0.5, ''],
    [1, 'p'],
    [3, 'p'],
  ])('at α = %d the zeros of [%s] cost ∞', (alpha, infinite) => {
    const { a, b } = weights(alpha);
    expect(alphaTerm(0, 0, alpha)).toBe(0);
    expect(alphaTerm(0, 2, alpha)).toBe(infinite === 'p' ? Infinity : 2 / b);
    expect(alphaTerm(2, 0, alpha)).toBe(infinite === 'q' ? Infinity : 2 / a);
    const [p, q] = [
      [0.5, 0.5, 0],
      [0.25, 0, 0.75],
    ];
    const D = alphaDivergenceOfWeights(p, q, alpha);
    expect(D === Infinity).toBe(infinite !== '');
    const logs = (row: number[]): number[] => row.map(Math.log);
    close(alphaDivergenceOfLogits(logs(p), logs(q), alpha), D, 1e-14);
  });

  test('a logit of −∞ counts as a zero even where the other probability underflows', () => {
    expect(alphaDivergenceOfLogits([0, -2000], [0, -Infinity], -1)).toBe(Infinity);
    expect(alphaDivergenceOfLogits([0, -Infinity], [0, -2000], -1)).toBe(0);
    expect(alphaDivergenceOfLogits([0, -Infinity], [0, -2000], 1)).toBe(Infinity);
    expect(alphaDivergenceOfLogits([0, -Infinity], [0, -Infinity], 2)).toBe(0);
  });

  test.each([1e13, -1e30, 1e300])('equal and disjoint rows at α = %d', (alpha) => {
    expect(alphaDivergenceOfWeights([0.25, 0.75], [0.25, 0.75], alpha)).toBe(0);
    expect(alphaDivergenceOfLogits([0, -Infinity], [3, -Infinity], alpha)).toBe(0);
    expect(alphaDivergenceOfWeights([0.25, 0.75], [0.75, 0.25], alpha)).toBe(Infinity);
  });

  test('nothing becomes NaN', () => {
    const values = [0, 5e-324, 1e-310, 1e-200, 1e-45, 1e-38, 0.5, 1, 1 + 2 ** -52, 3e38, 1e200, 1e300];
    for (const alpha of [-1000, -50, -15, -3, -1 - 2 ** -52, -1, -1 + 2 ** -53, 0, 0.3, 1, 1 + 2 ** -52, 3, 50, 1000]) {
      for (const p of values) {
        for (const q of values) {
          expect(alphaTerm(p, q, alpha), `${p} ${q} ${alpha}`).toBeGreaterThanOrEqual(0);
          expect(alphaDivergenceOfWeights([p, 1], [q, 1], alpha)).toBeGreaterThanOrEqual(0);
          const logits = alphaDivergenceOfLogits([Math.log(p), 0], [Math.log(q) * 40, 0], alpha);
          expect(logits, `logits ${p} ${q} ${alpha}`).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });
});

describe('logarithms', () => {
  test('logRatio is exact near one and beyond the range of the quotient', () => {
    close(logRatio(1, 1 + 2 ** -40), 2 ** -40 - 2 ** -81, 1e-15);
    close(logRatio(1e-300, 1e300), 600 * Math.LN10, 1e-15);
    close(logRatio(1e300, 1e-300), -600 * Math.LN10, 1e-15);
  });

  test('logSumExp and softmax take −∞ and large entries', () => {
    close(logSumExp([1000, 1000]), 1000 + Math.LN2, 1e-15);
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
    const out = new Float64Array(3);
    softmax([1e4, -Infinity, 1e4], out);
    expect([...out]).toEqual([0.5, 0, 0.5]);
    const single = new Float32Array(2);
    softmax([0, Math.log(3)], single);
    expect([...single]).toEqual([0.25, 0.75]);
  });
});
