import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alphaDivergenceOfWeights } from '../../src/math/alpha-family.ts';
import { renyiDivergenceOf, skewedChernoffDivergenceOf, tsallisDivergenceOf } from '../../src/math/hellinger-integral.ts';
import { relativeError } from './relative-error.ts';

type Row = readonly number[];

const close = (actual: number, expected: number, relative: number): void => {
  if (Math.abs(expected) < 2 ** -1022 && Math.abs(actual) < 2 ** -1022) return; // digits of subnormals are few
  expect(relativeError(actual, expected), `${actual} against ${expected}`).toBeLessThanOrEqual(relative);
};

const renyi = (p: Row, q: Row, order: number): number => renyiDivergenceOf({ p, q, logarithmic: false }, order);
const tsallis = (p: Row, q: Row, order: number): number => tsallisDivergenceOf({ p, q, logarithmic: false }, order);
const chernoff = (p: Row, q: Row, sigma: number): number => skewedChernoffDivergenceOf({ p, q, logarithmic: false }, sigma);

const positive = fc.double({ min: 1e-9, max: 1, noNaN: true });
const entry = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 4, arbitrary: positive });
const rowsOf = (entries: fc.Arbitrary<number>): fc.Arbitrary<[number[], number[]]> =>
  fc.integer({ min: 2, max: 9 }).chain((outcomes) => {
    const some = fc.array(entries, { minLength: outcomes, maxLength: outcomes });
    const row = some.map(([first, ...rest]) => [rest.some((x) => x > 0) ? first! : 1, ...rest]);
    return fc.tuple(row, row);
  });
const rows = fc.oneof(rowsOf(positive), rowsOf(entry));
const orders = fc.oneof(fc.constantFrom(0, 0.5, 1, 2, -1), fc.double({ min: -6, max: 7, noNaN: true }));

describe('Rényi', () => {
  test('nondecreasing in the order, from −∞ to ∞', () => {
    fc.assert(fc.property(rows, orders, orders, ([p, q], one, other) => {
      const inOrder = [-Infinity, Math.min(one, other), Math.max(one, other), Infinity].map((order) => renyi(p, q, order));
      for (const [index, value] of inOrder.slice(1).entries()) expect(inOrder[index]).toBeLessThanOrEqual(Number.isFinite(value) ? value + 1e-13 * Math.abs(value) + 2 ** -51 : value); // the sums that normalise round
    }));
  });

  test('additive over products', () => {
    const product = (x: Row, y: Row): number[] => x.flatMap((one) => y.map((other) => one * other));
    fc.assert(fc.property(rowsOf(positive), rowsOf(positive), orders, ([p, q], [r, s], order) => {
      const sum = renyi(p, q, order) + renyi(r, s, order);
      fc.pre(Math.abs(sum) > 1e-6); // the products round
      close(renyi(product(p, r), product(q, s), order), sum, 1e-9);
    }));
  });

  test('(1 − β) R_β(p‖q) = β R_{1−β}(q‖p)', () => {
    fc.assert(fc.property(rows, fc.integer({ min: -24, max: 32 }).map((n) => n / 4), ([p, q], order) => { // 1 − β is exact
      if (order === 0 || order === 1) return;
      const [forth, back] = [(1 - order) * renyi(p, q, order), order * renyi(q, p, 1 - order)];
      close(forth, back, 1e-13);
    }));
  });

  test('at 1, ½, 2 and 0 it is KL, twice Bhattacharyya’s, log(1 + χ²) and −log of the mass of q on the support of p', () => {
    fc.assert(fc.property(rows, ([p, q]) => {
      close(renyi(p, q, 1), alphaDivergenceOfWeights(p, q, -1), 1e-13);
      close(renyi(p, q, 0.5), 2 * chernoff(p, q, 0.5), 1e-15);
      close(renyi(p, q, 2), Math.log1p(2 * alphaDivergenceOfWeights(p, q, -3)), 1e-13);
      const mass = (row: Row): number => row.reduce((sum, x) => sum + x, 0);
      const onSupport = mass(q.map((x, k) => (p[k]! > 0 ? x : 0))) / mass(q);
      expect(Math.abs(Math.exp(-renyi(p, q, 0)) - onSupport)).toBeLessThanOrEqual(1e-14);
    }));
  });

  test('continuous through 0, also where q has mass that p has not', () => {
    const [p, q] = [[0, 0.5, 0.5], [0.25, 0.25, 0.5]];
    for (const order of [1e-300, 1e-20, 1e-12, 1e-9]) close(renyi(p, q, order), Math.log(4 / 3), 2 * order + 1e-15);
    for (const order of [-1e-300, -1e-12]) expect(renyi(p, q, order)).toBe(-Infinity);
  });

  test('rows whose every power under- or overflows: of point masses but for ε, R_β is log 1/ε for β > 1', () => {
    const epsilon = 2 ** -1000;
    const [p, q] = [[1, epsilon], [epsilon, 1]];
    for (const order of [2, 1000, Infinity]) close(renyi(p, q, order), 1000 * Math.LN2, 1e-14);
    close(renyi(p, q, 0.5), 2 * 499 * Math.LN2, 1e-14); // Σ √(pq) = 2 · 2^−500
    close(renyi(p, q, -3), -750 * Math.LN2, 1e-14); // β/(1 − β) R_{1−β}(q‖p)
  });
});

describe('Tsallis and skewed Chernoff', () => {
  test('T_β = β D_α = expm1((β − 1) R_β)/(β − 1)', () => {
    fc.assert(fc.property(rows, orders, ([p, q], order) => {
      const T = tsallis(p, q, order);
      if (Math.abs(order) > 1e-3) close(T, order * alphaDivergenceOfWeights(p, q, 1 - 2 * order) || 0, 2e-13); // 1 − 2β rounds
      if (order !== 1 && Math.abs(T) < 1e200) close(T, Math.expm1((order - 1) * renyi(p, q, order)) / (order - 1), 1e-11);
    }));
  });

  test('F_σ = (1 − σ) R_σ(p‖q) = σ R_{1−σ}(q‖p), between 0 and both KL, and concave', () => {
    fc.assert(fc.property(rows, fc.integer({ min: 0, max: 64 }).map((n) => n / 64), ([p, q], sigma) => {
      const F = chernoff(p, q, sigma);
      close(F, chernoff(q, p, 1 - sigma), 1e-13);
      expect(F).toBeGreaterThanOrEqual(0);
      expect(F).toBeLessThanOrEqual(alphaDivergenceOfWeights(p, q, -1) * (1 + 1e-13));
      if (sigma > 0 && sigma < 1 && F < Infinity) {
        const chord = (chernoff(p, q, sigma - 1 / 64) + chernoff(p, q, sigma + 1 / 64)) / 2;
        expect(F).toBeGreaterThanOrEqual(chord * (1 - 1e-12));
      }
    }));
  });
});

describe('zeros', () => {
  test('of a row to itself everything is 0, without a sign', () => {
    fc.assert(fc.property(rows, orders, ([p], order) => {
      expect([renyi(p, p, order), tsallis(p, p, order), chernoff(p, p, Math.abs(order) % 1)]).toEqual([0, 0, 0]);
    }));
  });

  const [p, q] = [[0.5, 0.5, 0], [0, 0.25, 0.75]];
  test.each([
    [-Infinity, -Infinity], [-1, -Infinity], [0, Math.log(4)], [0.5, -2 * Math.log(Math.sqrt(1 / 8))], [1, Infinity], [2, Infinity], [Infinity, Infinity],
  ])('rows that share one outcome, Rényi of order %d', (order, expected) => {
    close(renyi(p, q, order), expected, 1e-15);
    close(renyiDivergenceOf({ p: p.map(Math.log), q: q.map(Math.log), logarithmic: true }, order), expected, 1e-15);
  });

  test('disjoint supports', () => {
    const [one, other] = [[1, 0], [0, 1]];
    expect([-1, 0, 0.5, 1, 2].map((order) => renyi(one, other, order))).toEqual([-Infinity, Infinity, Infinity, Infinity, Infinity]);
    expect([-1, 0, 0.5, 0.75, 1, 2].map((order) => tsallis(one, other, order))).toEqual([-Infinity, 1, 2, 4, Infinity, Infinity]);
    expect([0, 0.5, 1].map((sigma) => chernoff(one, other, sigma))).toEqual([Infinity, Infinity, Infinity]);
  });

  test('logits whose probabilities underflow keep their logarithms', () => {
    const [a, b] = [[0, -Infinity], [-5000, 0]];
    close(renyiDivergenceOf({ p: a, q: b, logarithmic: true }, 0), 5000, 1e-15);
    close(renyiDivergenceOf({ p: a, q: b, logarithmic: true }, 0.5), 5000, 1e-15);
  });
});
