import fc from 'fast-check';
import { Matrix, QrDecomposition } from 'ml-matrix';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { CertificateError, DomainError } from '../../src/engine/errors.ts';
import { apply } from '../../src/engine/operation.ts';
import { product, solve, type Tensor } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { defineRows } from '../../src/program/index.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { symmetric } from './symmetric.ts';

const curvature = (a: number[][], x: number[]): number => a.reduce((sum, row, i) => sum + row.reduce((total, each, j) => total + each * x[j]! * x[i]!, 0), 0);

/** Doubles solutions, on the GPU when they are taken from what the steps have left, on the CPU by what it is told of the ridge. */
function spoiledBy(operation: typeof solve.operation): Pick<typeof solve.operation, 'compose' | 'cpu'> {
  const doubled = defineRows<object>({
    name: 'doubled', formula: '2 x', source: 'this test', tolerance: { ulps: () => 1, relativeTo: 'row', reason: 'a power of two' },
    arguments: [{ name: 'x', takes: 'values' }], program: ({ x }) => x!.times(2),
  });
  return {
    compose: ([matrix, right]) => apply(doubled, [apply(operation, [matrix!, right!], {})], {}),
    cpu: (dispatch) => ({ ...operation.cpu!(dispatch)!, numbers: [1, 1, 2 ** -20] }),
  };
}

const packed = (a: number[][]): number[] => a.flatMap((row, i) => row.slice(0, i + 1));

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(backend), check: 'all' }); });
  afterAll(() => engine.dispose());

  const read = async (matrices: number[][][], rights: number[][], options: { packed?: boolean; ridge?: number } = {}): Promise<{ x: number[]; status: number }[]> => {
    const rows = matrices.map((a) => (options.packed ? packed(a) : a.flat()));
    const n = rights[0]!.length;
    const { solution, status } = solve(engine.values(rows, { outcomes: rows[0]!.length }), engine.values(rights, { outcomes: n }), options.ridge === undefined ? {} : { ridge: options.ridge });
    const [numbers, statuses] = await Promise.all([solution.read(), status.read()]);
    return Array.from(statuses, (each, row) => ({ x: [...numbers.subarray(row * n, (row + 1) * n)], status: each }));
  };

  const systems = fc.record({
    n: fc.constantFrom(1, 2, 3, 4, 5, 17, 32, 33, 64, 65, 128, 129), condition: fc.constantFrom(1, 10, 1e3, 1e5, 1e6), scale: fc.constantFrom(1, 1e-6, 3e5), packed: fc.boolean(), seed: fc.nat(9999),
  });

  test('solutions are right to 4 ulp of their largest number for conditions up to 1e6', () => fc.assert(fc.asyncProperty(systems, async ({ n, condition, scale, packed: isPacked, seed }) => {
    const random = uniformFrom(seed);
    const matrices = [1, 2, 3].map((k) => symmetric(n, condition, scale, seed + k));
    const rights = matrices.map(() => Array.from({ length: n }, () => Math.fround(random() - 0.5)));
    for (const [row, { x, status }] of (await read(matrices, rights, { packed: isPacked })).entries()) {
      expect(status).toBe(0);
      const expected = new QrDecomposition(new Matrix(matrices[row]!)).solve(Matrix.columnVector(rights[row]!)).to1DArray();
      const size = Math.max(...expected.map(Math.abs));
      x.forEach((each, k) => expect(Math.abs(each - expected[k]!)).toBeLessThanOrEqual(4 * ulp * size));
    }
  }), { seed: 5, numRuns: 25 }));

  test('a shared system of 512', async () => {
    const [n, a] = [512, symmetric(512, 1e6, 1, 3)];
    const rights = [0, 1].map((k) => a.map((row) => row.reduce((sum, each, j) => sum + each * Math.cos(j + k), 0)));
    const { solution, status } = solve(engine.values([a.flat()], { outcomes: n * n }), engine.values(rights, { outcomes: n }));
    const numbers = await solution.read();
    expect([...await status.read()]).toEqual([0, 0]);
    for (const k of [0, 1]) {
      for (let i = 0; i < n; i++) expect(Math.abs(numbers[k * n + i]! - Math.cos(i + k))).toBeLessThan(0.2); // of which rounding b may change as much
    }
  }, 60_000);

  test('what is singular or indefinite has a status, and takes nothing from the rows beside it', async () => {
    const [good, right] = [[[2, 1, 0], [1, 3, 1], [0, 1, 4]], [3, 5, 5]];
    const ones = [[1, 1, 1], [1, 1, 1], [1, 1, 1]];
    const saddle = [[1, 2, 0], [2, 1, 0], [0, 0, 1]];
    const nothing = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
    const rows = await read([good, ones, saddle, nothing, good, [[-1, 0, 0], [0, 1, 0], [0, 0, 1]]], [right, right, right, right, right, right]);
    expect(rows.map(({ status }) => status)).toEqual([0, 6, 2, 6, 0, 2]);
    expect(rows[0]!.x).toEqual([1, 1, 1]);
    expect(rows[4]!.x).toEqual([1, 1, 1]);
    expect(curvature(saddle, rows[2]!.x)).toBeLessThan(-0.1);
    expect(Math.abs(curvature(ones, rows[1]!.x))).toBeLessThan(1e-6);
    expect((await read([ones, saddle], [right, [4, 5, 3]], { ridge: 2 })).map(({ status }) => status)).toEqual([0, 0]);
    expect((await read([saddle], [[5, 5, 3]], { ridge: 2 }))[0]!.x).toEqual([1, 1, 1]);
  });

  const worse = fc.record({ n: fc.constantFrom(2, 5, 33, 65, 129), condition: fc.constantFrom(1e7, 1e9, 1e12), negative: fc.constantFrom(0, 1, 2), seed: fc.nat(9999) });

  test('beyond, solutions are right or refused, and what is indefinite by far is called so', () => fc.assert(fc.asyncProperty(worse, async ({ n, condition, negative, seed }) => {
    const matrices = [1, 2].map((k) => symmetric(n, condition, 1, seed + k, negative));
    const rights = matrices.map(() => Array.from({ length: n }, (_, k) => k % 3));
    for (const { x, status } of await read(matrices, rights)) { // what is solved is compared with f64
      if (negative > 0) expect(status).toBe(2);
      else expect([0, 2, 6]).toContain(status);
      if (status !== 0) expect(Math.max(...x.map(Math.abs))).toBeGreaterThan(0);
    }
  }), { seed: 7, numRuns: 12 }));

  test('what a device spoils is found out by its residual, without another solution', async () => {
    const { operation } = solve;
    const record = { ...operation, reference: () => { throw new Error('solved again'); }, ...spoiledBy(operation) };
    const of = (rights: number[][]): Tensor => apply(record, [engine.values([[2, 1, 3]], { outcomes: 3 }), engine.values(rights, { outcomes: 2 })], {});
    if (backend === 'reference') return;
    const failure = await expectFailure(() => of([[3, 4]]).read(), CertificateError, 'certificate', { operation: 'solve', row: 0 }) as CertificateError;
    expect(failure.reproduction).toMatchObject({ operation: 'solve', row: 0, expected: [] });
    expect([...await of([[0, 0]]).read()]).toEqual([0, 0, 0]); // twice nothing is right
  });

  test('tampered rows fail their check', () => fc.assert(fc.property(systems, fc.nat(), fc.constantFrom(1.001, -1, 0, Infinity, Number.NaN), ({ n, scale, packed: isPacked, seed }, at, factor) => {
    const [random, a] = [uniformFrom(seed), symmetric(n, 10, scale, seed)];
    const x = Array.from({ length: n }, () => Math.fround(0.5 + random()));
    const b = a.map((row) => row.reduce((sum, each, k) => sum + each * x[k]!, 0));
    const operands = [isPacked ? packed(a) : a.flat(), b].map((row) => ({ form: 'values' as const, rows: 1, width: row.length, row: () => row }));
    const error = (got: readonly number[]): number => solve.operation.tolerance.judge!(operands, {})(0, got) / ulp;
    expect(error([...x, 0])).toBeLessThan(4);
    expect(error([...x.map((each, k) => (k === at % n ? factor * each : each)), 0])).toBeGreaterThan(4);
    for (const status of [1, 2, 3, 6, Number.NaN]) expect(error([...x, status])).toBe(Infinity); // for no direction is refused by it
    expect(error([...x.map(() => 0), 2])).toBe(Infinity);
  }), { seed: 3, numRuns: 30 }));

  test.each([Number.NaN, Infinity])('%s among the entries is refused', async (entry) => {
    const matrices = engine.values([[2, 1, 3], [2, entry, 3]], { outcomes: 3 });
    const { solution, status } = solve(matrices, engine.values([[3, 4]], { outcomes: 2 }));
    for (const field of [status, solution]) await expectFailure(() => field.read(), DomainError, 'domain', { operation: 'solve', argument: 'matrix', row: 1 });
  });

  test('one row for all, and no rows', async () => {
    const [matrix, rights] = [engine.values([[2, 1, 3]], { outcomes: 3 }), engine.values([[3, 4], [1, 3], [0, 0]], { outcomes: 2 })];
    const several = solve(matrix, rights);
    expect([several.solution.shape, several.status.shape]).toEqual([[3, 2], [3]]);
    expect([...await several.solution.read()]).toEqual([1, 1, 0, 1, 0, 0]);
    expect([...await several.status.read()]).toEqual([0, 0, 0]);
    expect([...await solve(engine.values([[2, 0, 2], [4, 0, 4]], { outcomes: 3 }), engine.values([[8, 16]], { outcomes: 2 })).solution.read()]).toEqual([4, 8, 2, 4]);
    expect([...await solve(engine.values([], { outcomes: 4 }), engine.values([], { outcomes: 2 })).status.read()]).toEqual([]);
  });

  test('reads of several fields are of one run, which an abort of one of them leaves to the others', async () => {
    const { solution, status } = solve(engine.values([[2, 1, 3]], { outcomes: 3 }), engine.values([[3, 4]], { outcomes: 2 }));
    const aborted = new AbortController();
    const first = solution.read({ signal: aborted.signal });
    const second = status.read();
    aborted.abort();
    await expect(first).rejects.toThrow();
    expect([...await second]).toEqual([0]);
    expect([...await solution.read()]).toEqual([1, 1]);
    expect(solution.report).toBe(status.report);
    (await solution.read()).fill(7);
    expect([...await solution.read()]).toEqual([1, 1]); // the caller's are his own
    expect([...await product(solution, engine.values([[1, 2]], { outcomes: 2 })).read()]).toEqual([3]);
  });

  test.each([
    [4, 3, {}, { code: 'shape', argument: 'matrix', expected: '9 numbers a row, or the 6 of a triangle', got: '4' }], [513, 513, {}, { code: 'shape', argument: 'right', expected: 'at most 512 numbers a row', got: '513' }],
    [4, 2, { ridge: -1 }, { code: 'domain', argument: 'ridge' }], [4, 2, { ridge: Number.NaN }, { code: 'domain', argument: 'ridge' }], [4, 2, { ridge: 1e39 }, { code: 'domain', argument: 'ridge' }],
  ])('%i numbers and %i, %j are refused', (numbers, n, ridge, facts) => {
    const [matrix, right] = [numbers, n].map((outcomes) => engine.values(new Float32Array(outcomes), { outcomes }));
    expect(() => solve(matrix!, right!, ridge)).toThrow(expect.objectContaining({ operation: 'solve', ...facts }));
  });
});
