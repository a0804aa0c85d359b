import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { klDivergence, mirrorDescentStep, probabilities } from '../../src/index.ts';
import { columns } from '../../src/math/columns.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(backend), check: 'all' }); });
  afterAll(() => engine.dispose());

  const wide = [[1, 2, 3, 4, 9, 8, 7, 6, 1], [5, 6, 7, 8, 5, 4, 3, 2, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1]];

  test('columns of sources, of results and of columns', async () => {
    const x = engine.rows(wide, { outcomes: 9, form: 'weights' });
    expect([...await columns(x, 4, [3]).read()]).toEqual([9, 8, 7, 5, 4, 3, 1, 1, 1]);
    expect([...await columns(columns(x, 1, [6]), 3, [2]).read()]).toEqual([9, 8, 5, 4, 1, 1]);
    const p = probabilities(engine.rows(wide, { outcomes: 9, form: 'logits' }));
    const all = await p.read();
    expect(columns(p, 2, [2, 3])).toMatchObject({ shape: [3, 2, 3], form: 'probabilities' });
    const expected = [0, 1, 2].flatMap((row) => Array.from(all.subarray(9 * row + 2, 9 * row + 8)));
    expect([...await columns(p, 2, [2, 3]).read()]).toEqual(expected);
  });

  test.each([0, 1, 4])('operations read columns from %i on where they lie', async (from) => {
    const x = engine.rows(wide, { outcomes: 9, form: 'weights' });
    const part = wide.map((row) => row.slice(from, from + 4));
    const [p, q] = [columns(x, from, [4]), engine.rows(part, { outcomes: 4, form: 'weights' })];
    const expected = await klDivergence(q, engine.rows([[1, 2, 3, 5]], { outcomes: 4, form: 'weights' })).read();
    const divergences = klDivergence(p, engine.rows([[1, 2, 3, 5]], { outcomes: 4, form: 'weights' }));
    expect([...await divergences.read()]).toEqual([...expected]);
    if (backend === 'webgpu') expect(divergences.report.dispatches).toBeLessThanOrEqual(3); // the checks of two sources, and one kernel
    const step = mirrorDescentStep(p, columns(engine.values(wide, { outcomes: 9 }), 0, [4]), { stepSize: 0.1 });
    const same = mirrorDescentStep(q, engine.values(wide.map((row) => row.slice(0, 4)), { outcomes: 4 }), { stepSize: 0.1 });
    expect([...await step.read()]).toEqual([...await same.read()]);
  });

  test('no rows', async () => {
    expect([...await columns(engine.rows([], { outcomes: 3, form: 'weights' }), 1, [2]).read()]).toEqual([]);
  });
});
