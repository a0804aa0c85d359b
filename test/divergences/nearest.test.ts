import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, divergenceMatrix, klDivergence, nearest, totalVariationDistance, type OfDivergence } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { randomRows } from '../engine/random-rows.ts';
import { expectFailure } from '../failure.ts';

const outcomes = 24;
const rowsOf = (engine: Engine, count: number, seed: number): Tensor => engine.rows(randomRows(count, outcomes, seed), { outcomes, form: 'weights' });

/** [index, divergence] of the k smallest entries of each row of a matrix, the smaller index first among equals. */
function smallestOf(matrix: Float32Array, columns: number, k: number): number[] {
  return Array.from({ length: matrix.length / columns }, (_, row) => {
    const entries = Array.from(matrix.subarray(row * columns, (row + 1) * columns), (divergence, index) => [index, divergence] as const);
    return entries.sort((a, b) => a[1] - b[1] || a[0] - b[0]).slice(0, k).flat();
  }).flat();
}

describe.each(['lane', 'workgroup', 'cpu'] as const satisfies (Regime | 'cpu')[])('on %s', (where) => {
  let engine: Engine;
  const limits = { maxBufferSize: 2048, maxStorageBufferBindingSize: 2048, maxComputeWorkgroupsPerDimension: 16 }; // columns of 21 rows, and of those 256 pairs
  const count = where === 'workgroup' ? 6 : 19; // barriers are dear on an adapter that is a CPU
  const chunks = 2 * Math.ceil(2 * count / 12);
  const forced = where === 'cpu' ? {} : { regime: where };
  const opened: Engine[] = [];
  const open = async (more: object): Promise<Engine> => {
    const place = await placeFor(where === 'cpu' ? 'cpu' : 'webgpu');
    const made = await openEngine({ ...place, check: 'all' }, { ...forced, ...more });
    opened.push(made);
    return made;
  };
  beforeAll(async () => { engine = await open({}); });
  afterAll(() => opened.forEach((each) => each.dispose()));

  const cases = [['klDivergence', { divergence: klDivergence }], ['totalVariationDistance', { divergence: totalVariationDistance }], ['D_½', { divergence: alphaDivergence, alpha: 0.5 }]];
  test.each(cases as [string, OfDivergence<object>][])('is the beginning of the sorted rows of the matrix of %s', async (_, of) => {
    const [p, q] = [rowsOf(engine, count, 1), rowsOf(engine, 2 * count + 3, 2)];
    const matrix = await divergenceMatrix(p, q, of).read();
    for (const k of [1, 7, q.rows]) {
      const neighbours = nearest(p, q, { ...of, k });
      expect(neighbours.shape).toEqual([count, k, 2]);
      expect([...await neighbours.read()]).toEqual(smallestOf(matrix, q.rows, k));
      expect(neighbours.report?.backend).toBe(where === 'cpu' ? 'cpu' : 'webgpu');
    }
  });

  test('streams blocks of columns and rows, and finds the same', async () => {
    const cut = await open(where === 'cpu' ? {} : { limits });
    const find = (on: Engine): Tensor => nearest(rowsOf(on, 2 * count, 3), rowsOf(on, 30, 4), { k: 5, divergence: totalVariationDistance });
    const [whole, streamed] = [find(engine), find(cut)];
    expect(await streamed.read()).toEqual(await whole.read());
    expect([whole.report.chunks, streamed.report.chunks]).toEqual([1, where === 'cpu' ? 1 : chunks]);
  });

  test('the first of equals comes first, and infinity last', async () => {
    const p = engine.rows([[1, 1, 0], [0, 1, 1]], { outcomes: 3, form: 'weights' });
    const q = engine.rows([[0, 1, 0], [1, 1, 0], [1, 3, 0], [3, 1, 0], [2, 2, 0], [1, 0, 1]], { outcomes: 3, form: 'weights' });
    const found = await nearest(p, q, { k: 6, divergence: klDivergence }).read();
    const quarter = Math.log(4 / 3) / 2; // KL((1/2, 1/2) ‖ (1/4, 3/4))
    const expected = [1, 0, 4, 0, 2, quarter, 3, quarter, 0, Infinity, 5, Infinity, ...[0, 1, 2, 3, 4, 5].flatMap((index) => [index, Infinity])];
    found.forEach((x, slot) => (Number.isFinite(x) ? expect(Math.abs(x - expected[slot]!)).toBeLessThanOrEqual(4 * ulp * expected[slot]!) : expect(x).toBe(expected[slot])));
  });

  test('k that is no number of rows', async () => {
    const [p, q] = [rowsOf(engine, 2, 1), rowsOf(engine, 3, 2)];
    for (const k of [0, 4, 1.5, -1, Number.NaN, '2', undefined]) {
      const facts = { operation: 'nearest', argument: 'k', expected: 'a whole number from 1 to the 3 rows of q' };
      await expectFailure(() => nearest(p, q, { k: k as number, divergence: klDivergence }), DomainError, 'domain', facts);
    }
    await expectFailure(() => nearest(p, q, { k: 1 } as never), DomainError, 'domain', { operation: 'nearest', argument: 'divergence', got: 'undefined' });
  });
});

test('more rows than f32 can count', async () => {
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  const q = engine.rows(new Float32Array(2 * (2 ** 24 + 1)), { outcomes: 2 });
  await expectFailure(() => nearest(p, q, { k: 1, divergence: klDivergence }), ShapeError, 'shape', { operation: 'nearest', argument: 'q', got: '16777217 rows' });
});
