import { expect, test } from 'vitest';
import { finish } from '../../src/engine/operation.ts';
import { alphaDivergenceOfWeights } from '../../src/math/alpha-family.ts';
import { alphaDivergenceMatrixOfWeights, type Rows } from '../../src/math/alpha-matrix.ts';
import { relativeError, uniformFrom } from './relative-error.ts';

const alphas = [-3, -1, -1 + 1e-7, -0.5, 0, 0.3, 1, 2];

function rowsOf(list: readonly ArrayLike<number>[]): Rows {
  return { count: list.length, row: (i) => list[i]! };
}

function worstError(p: readonly ArrayLike<number>[], q: readonly ArrayLike<number>[], alpha: number): number {
  const fill = alphaDivergenceMatrixOfWeights(rowsOf(p), rowsOf(q), alpha);
  const out = new Float64Array(q.length);
  let worst = 0;
  p.forEach((row, i) => {
    finish(fill(i, out));
    q.forEach((other, j) => {
      worst = Math.max(worst, relativeError(out[j]!, alphaDivergenceOfWeights(row, other, alpha)));
    });
  });
  return worst;
}

function randomRows(count: number, outcomes: number, seed: number): Float32Array[] {
  const uniform = uniformFrom(seed);
  return Array.from({ length: count }, () => Float32Array.from({ length: outcomes }, () => uniform() ** 3 + 1e-4));
}

test.each(alphas)('independent rows at α = %d', (alpha) => {
  expect(worstError(randomRows(9, 100, 1), randomRows(7, 100, 2), alpha)).toBeLessThanOrEqual(1e-12);
});

test.each(alphas)('near and identical rows at α = %d', (alpha) => {
  const base = randomRows(3, 60, 3);
  const uniform = uniformFrom(4);
  const perturbed = [1e-1, 1e-3, 1e-6].flatMap((size) =>
    base.map((row) => Float64Array.from(row, (x) => 3 * x * (1 + size * (uniform() - 0.5)))),
  );
  expect(worstError(base, [...perturbed, ...base], alpha)).toBeLessThanOrEqual(1e-12);
});

test.each(alphas)('a single cloud of near rows at α = %d', (alpha) => {
  const uniform = uniformFrom(5);
  const [base] = randomRows(1, 200, 6);
  const cloud = Array.from({ length: 8 }, () => Float64Array.from(base!, (x) => x * (1 + 1e-6 * (uniform() - 0.5))));
  expect(worstError(cloud, cloud, alpha)).toBeLessThanOrEqual(1e-12);
});

test.each(alphas)('zeros on either side, and an outcome that no row has, at α = %d', (alpha) => {
  const uniform = uniformFrom(7);
  const withZeros = (row: Float32Array): Float32Array => row.map((x, k) => (k === 5 || uniform() < 0.2 ? 0 : x));
  const p = randomRows(6, 40, 8).map(withZeros);
  const q = [...randomRows(4, 40, 9).map(withZeros), ...randomRows(2, 40, 10)];
  expect(worstError(p, q, alpha)).toBeLessThanOrEqual(1e-12);
});

test.each(alphas)('ratios over forty powers of ten at α = %d', (alpha) => {
  const uniform = uniformFrom(11);
  const rows = Array.from({ length: 5 }, () => Float64Array.from({ length: 30 }, () => 10 ** (-40 * uniform())));
  expect(worstError(rows, rows, alpha)).toBeLessThanOrEqual(1e-12);
});

test('no rows give an empty matrix', () => {
  const out = new Float64Array(0);
  finish(alphaDivergenceMatrixOfWeights(rowsOf([[1, 2]]), rowsOf([]), 0)(0, out));
  expect(out.length).toBe(0);
});
