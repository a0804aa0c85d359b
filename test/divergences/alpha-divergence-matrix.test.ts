import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import { alphaDivergenceMatrix } from '../../src/index.ts';
import { placeFor } from '../engine/place.ts';

/** Rows like word counts: heavy-tailed, and rows in pairs that are nearly equal. */
function heavyTailedRows(rows: number, outcomes: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const data = new Float32Array(rows * outcomes);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < outcomes; k++) {
      const near = row % 4 === 3 ? data[(row - 1) * outcomes + k]! * (1 + 1e-4 * (random() - 0.5)) : 0.01 + random() ** 8 / (k + 1);
      data[row * outcomes + k] = near;
    }
  }
  return data;
}

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { regime }); });
  afterAll(() => engine.dispose());

  test.each([-3, -2, -1.5, -1, -1 + 1e-7, -0.5, 0, 0.3, 1, 1.5, 2])('all pairs to 4 ulp at α = %d', async (alpha) => {
    const outcomes = 301;
    const p = engine.rows(heavyTailedRows(23, outcomes, 7), { outcomes, form: 'weights' });
    const q = engine.rows(heavyTailedRows(21, outcomes, 7), { outcomes, form: 'weights' }); // shares rows with p
    const matrix = alphaDivergenceMatrix(p, q, { alpha });
    const d = await matrix.read();
    expect(matrix.report?.certificate?.rowsChecked).toBe(23);
    expect(matrix.report?.dispatches).toBe(Math.abs(alpha) <= 2 ? 16 : 3); // the product, or the direct evaluation of every pair
    for (let i = 0; i < 21; i++) expect(d[i * 21 + i]).toBe(0);
  });
});

test.each([[256, -2], [301, -1], [1024, 0.5], [2048, 1], [4096, -0.2]])('large tiles of a product, and long rows, to 4 ulp at K = %d, α = %d', async (outcomes, alpha) => {
  using engine = await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { regime: 'lane' });
  const [p, q] = [[45, 7], [37, 8]].map(([rows, seed]) => engine.rows(heavyTailedRows(rows!, outcomes, seed!), { outcomes, form: 'weights' }));
  const matrix = alphaDivergenceMatrix(p!, q!, { alpha });
  await matrix.read();
  expect(matrix.report?.certificate).toMatchObject({ passed: true, rowsChecked: 45 });
});
