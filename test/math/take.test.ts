import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { klDivergence, probabilities, take } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(backend), check: 'all' }); });
  afterAll(() => engine.dispose());

  test('rows in the order of the list, of distributions, vectors, results and halves', async () => {
    const p = engine.rows([[1, 2, 3], [4, 5, 6], [0.5, 0, 7]], { outcomes: 3, form: 'weights' });
    const list = Uint32Array.of(2, 0, 2, 1);
    const some = take(p, list);
    list.fill(0);
    expect(some).toMatchObject({ shape: [4, 3], form: 'weights' });
    expect([...await some.read()]).toEqual([0.5, 0, 7, 1, 2, 3, 0.5, 0, 7, 4, 5, 6]);
    expect(some.report.backend).toBe(backend);
    expect([...await take(engine.values([[-1], [1e-40]], { outcomes: 1 }), [1, 0, 1]).read()]).toEqual([1e-40, -1, 1e-40].map(Math.fround));
    const divergences = klDivergence(p, take(p, [1, 1, 1]));
    expect([...await take(divergences, [1, 0]).read()]).toEqual([0, (await divergences.read())[0]]);
    const z = take(engine.rows([[0, -Infinity], [3, 3]], { outcomes: 2, form: 'logits' }), [1, 0]);
    expect([...await probabilities(z).read()]).toEqual([0.5, 0.5, 1, 0]);
    const halves = engine.rows(Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400), { outcomes: 2, form: 'weights', storage: 'f16' });
    expect([...await take(halves, [1]).read()]).toEqual([3, 4]);
  });

  test('pairs by index, and no rows', async () => {
    const [p, q] = [engine.rows([[1, 1], [3, 1]], { outcomes: 2, form: 'weights' }), engine.rows([[1, 3], [1, 1], [2, 5]], { outcomes: 2, form: 'weights' })];
    const [i, j] = [[0, 1, 1, 0], [2, 0, 1, 1]];
    const pairs = await klDivergence(take(p, i), take(q, j)).read();
    for (const [k, value] of pairs.entries()) expect([...await klDivergence(take(p, [i[k]!]), take(q, [j[k]!])).read()]).toEqual([value]);
    expect([...await take(p, []).read()]).toEqual([]);
  });

  test.each([[[0, 2], 'shape', '2', 1], [[-1], 'shape', '-1', 0], [[0, 0.5], 'domain', '0.5', 1], [[1, Number.NaN], 'domain', 'NaN', 1], [new Array<number>(2), 'domain', 'undefined', 0]])('%j is refused', (index, code, got, row) => {
    const p = engine.rows([[1, 1], [3, 1]], { outcomes: 2, form: 'weights' });
    expect(() => take(p, index)).toThrow(expect.objectContaining({ code, operation: 'take', argument: 'index', got, row }));
  });

  test('what is no list is refused', () => {
    const p = engine.rows([[1, 1], [3, 1]], { outcomes: 2, form: 'weights' });
    for (const index of [1, undefined, 'a', { index: [0] }, p]) expect(() => take(p, index as never)).toThrow(expect.objectContaining({ code: 'domain', argument: 'index' }));
  });
});
