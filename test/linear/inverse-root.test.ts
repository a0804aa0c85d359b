import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { inverseRoot } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { symmetric } from './symmetric.ts';

/** By eigenvalues in f64. */
function rootOf(a: number[][], power: number): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(a), { assumeSymmetric: true });
  return eigenvectorMatrix.mmul(Matrix.diag(realEigenvalues.map((x) => x ** (-1 / power)))).mmul(eigenvectorMatrix.transpose());
}

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(backend), check: 'all' }); });
  afterAll(() => engine.dispose());

  const read = async (matrices: number[][][], power: number): Promise<{ x: number[]; status: number; residual: number }[]> => {
    const n = matrices[0]!.length;
    const { root, status, residual } = inverseRoot(engine.values(matrices.map((a) => a.flat()), { outcomes: n * n }), { power });
    const [roots, statuses, residuals] = await Promise.all([root.read(), status.read(), residual.read()]);
    return matrices.map((_, row) => ({ x: [...roots.subarray(row * n * n, (row + 1) * n * n)], status: statuses[row]!, residual: residuals[row]! }));
  };

  const roots = fc.record({
    n: fc.constantFrom(1, 2, 3, 5, 8, 17), condition: fc.constantFrom(1, 10, 1e3, 1e6), scale: fc.constantFrom(1, 1e-6, 3e5), power: fc.constantFrom(1, 2, 3, 4, 8), seed: fc.nat(9999),
  });

  test('X^p A is I, and X right to 4 ulp of its largest number for conditions up to 1e6', () => fc.assert(fc.asyncProperty(roots, async ({ n, condition, scale, power, seed }) => {
    const matrices = [1, 2].map((k) => symmetric(n, condition, scale, seed + k));
    for (const [row, { x, status, residual }] of (await read(matrices, power)).entries()) {
      expect(status).toBe(0);
      expect(residual).toBeLessThan(2 ** -25);
      const expected = rootOf(matrices[row]!, power).to1DArray();
      const size = Math.max(...expected.map(Math.abs));
      x.forEach((each, k) => expect(Math.abs(each - expected[k]!)).toBeLessThanOrEqual(4 * ulp * size));
    }
  }), { seed: 5, numRuns: backend === 'reference' ? 6 : 15 }), 60_000);

  if (backend === 'cpu') {
    test('a matrix of 100', async () => {
      const a = symmetric(100, 1e6, 1, 9);
      const { x, status } = (await read([a], 4))[0]!;
      const expected = rootOf(a, 4).to1DArray();
      expect(status).toBe(0);
      x.forEach((each, k) => expect(Math.abs(each - expected[k]!)).toBeLessThanOrEqual(8 * ulp * Math.max(...x)));
    });
  }

  test('closed forms', async () => {
    expect(await read([[[4, 0], [0, 9]]], 1)).toMatchObject([{ x: [0.25, 0, 0, Math.fround(1 / 9)], status: 0 }]);
    expect(await read([[[16, 0], [0, 1 / 16]]], 2)).toMatchObject([{ x: [0.25, 0, 0, 4], status: 0 }]);
    const { x } = (await read([[[2, 1], [1, 2]]], 2))[0]!; // of eigenvalues 1 and 3
    const [sum, difference] = [(1 + 3 ** -0.5) / 2, (3 ** -0.5 - 1) / 2];
    [sum, difference, difference, sum].forEach((each, k) => expect(x[k]).toBeCloseTo(each, 6));
  });

  test('what is singular or indefinite has a status, and takes nothing from the rows beside it', async () => {
    const [good, ones, saddle, nothing] = [[[4, 0], [0, 4]], [[1, 1], [1, 1]], [[1, 2], [2, 1]], [[0, 0], [0, 0]]];
    const rows = await read([good, ones, saddle, nothing, good], 2);
    expect(rows.map(({ status }) => status)).toEqual([0, 6, 2, 6, 0]);
    for (const { x, status } of rows) expect(x).toEqual(status === 0 ? [0.5, 0, 0, 0.5] : [0, 0, 0, 0]);
  });

  test('of an unsymmetric matrix the symmetric part is taken', async () => {
    expect(await read([[[2, 2], [0, 2]]], 2)).toEqual(await read([[[2, 1], [1, 2]]], 2));
  });

  test('tampered rows fail their check', () => fc.assert(fc.property(roots, fc.nat(), fc.constantFrom(1.001, -1, Infinity, Number.NaN), ({ n, scale, power, seed }, at, spoil) => {
    const a = symmetric(n, 10, scale, seed);
    const x = rootOf(a, power).to1DArray();
    const diagonal = (at % n) * (n + 1);
    const judged = inverseRoot.operation.tolerance.judge!([{ form: 'values', rows: 1, width: n * n, row: () => a.flat() }], { power });
    const error = (got: readonly number[]): number => judged(0, got) / ulp;
    expect(error([...x.map(Math.fround), 0, 0])).toBeLessThan(1 + power);
    expect(error([...x.map((each, k) => (k === diagonal ? spoil * each : each)), 0, 0])).toBeGreaterThan(1 + power);
    for (const status of [1, 2, 6, Number.NaN]) expect(error([...x, status, 0])).toBe(Infinity);
  }), { seed: 3, numRuns: 30 }));

  test.each([
    [5, { power: 2 }, { code: 'shape', argument: 'matrix', got: '5' }], [129 * 129, { power: 2 }, { code: 'shape', argument: 'matrix' }],
    [4, { power: 0 }, { code: 'domain', argument: 'power', got: '0' }], [4, { power: 1.5 }, { code: 'domain', argument: 'power' }], [4, { power: 9 }, { code: 'domain', argument: 'power' }],
  ])('%i numbers and %j are refused', (numbers, parameters, facts) => {
    expect(() => inverseRoot(engine.values(new Float32Array(numbers), { outcomes: numbers }), parameters)).toThrow(expect.objectContaining({ operation: 'inverseRoot', ...facts }));
  });
});
