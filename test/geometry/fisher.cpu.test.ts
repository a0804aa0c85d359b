import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fisherInformation, fisherVectorProduct, openEngine, type Coordinates, type Engine } from '../../src/index.ts';
import { certified, rowKinds, rowsOf } from '../engine/certified.ts';
import { randomValues } from '../engine/random-rows.ts';

const charts = ['theta', 'eta', 'logits'] as const satisfies Coordinates[];

let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu', check: 'all' }); });
afterAll(() => engine.dispose());

describe.each(rowKinds)('rows that are %s', (...kind) => {
  test.each([2, 3, 4, 5, 6, 9, 33, 64, 131])('matrix and product, %d outcomes', async (outcomes) => {
    const p = engine.rows(rowsOf(kind, 5, outcomes, 1), { outcomes, form: 'weights' });
    for (const coordinates of charts) {
      await certified(fisherInformation(p, { coordinates }));
      const width = coordinates === 'logits' ? outcomes : outcomes - 1;
      for (const scale of [1e-30, 1, 1e30]) {
        await certified(fisherVectorProduct(p, engine.values(randomValues(5, width, 2).map((x) => scale * x), { outcomes: width }), { coordinates }));
      }
    }
  });
});

test('the matrix is symmetric to the last bit', async () => {
  const f = await certified(fisherInformation(engine.rows(rowsOf(rowKinds[0]!, 1, 7, 3), { outcomes: 7, form: 'weights' }), { coordinates: 'theta' }));
  for (let i = 0; i < 6; i++) for (let j = 0; j < i; j++) expect(f[6 * i + j]).toBe(f[6 * j + i]);
});

test('in η the boundary is infinitely far, and forbids vectors that cross it', async () => {
  const p = engine.rows([[0, 0.5, 0.5], [0.5, 0.5, 0]], { outcomes: 3 });
  expect(await certified(fisherInformation(p, { coordinates: 'eta' }))).toEqual([Infinity, 2, 2, 4, Infinity, Infinity, Infinity, Infinity]);
  const v = engine.values([[-1, 1], [1, -1]], { outcomes: 2 });
  expect(await certified(fisherVectorProduct(p, v, { coordinates: 'eta' }))).toEqual([-Infinity, 2, 2, -2]);
});

test('in η what is left of a sum that cancels counts', async () => {
  const p = engine.rows([[1, 1, 1, 1e-20]], { outcomes: 4, form: 'weights' });
  await certified(fisherVectorProduct(p, engine.values([[1e15, 2.5, -1e15]], { outcomes: 3 }), { coordinates: 'eta' }));
});
