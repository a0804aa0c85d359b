import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, klDivergence, totalVariationDistance } from '../../src/index.ts';
import { placeFor } from '../engine/place.ts';
import { uniformFrom } from '../math/relative-error.ts';

const outcomes = 33_001; // five parts, the last of 233 outcomes, in rows that begin anywhere

/** Rows of weights: unlike masses, near but for a factor, with zeros, and next to one another. */
function weights(): { p: Float32Array<ArrayBuffer>; q: Float32Array<ArrayBuffer> } {
  const uniform = uniformFrom(3);
  const p = new Float32Array(4 * outcomes);
  const q = new Float32Array(4 * outcomes);
  for (let k = 0; k < outcomes; k++) {
    const [x, y] = [0.1 + uniform(), 0.1 + uniform()];
    [x, x, k % 7 === 0 ? 0 : x, x].forEach((value, row) => { p[row * outcomes + k] = value; });
    [1e5 * y, 3 * x * (1 + 1e-5 * y), k % 11 === 0 ? 0 : y, x * (1 + 1e-6 * (y - 0.6))].forEach((value, row) => { q[row * outcomes + k] = value; });
  }
  return { p, q };
}

/** Rows of logits: independent, near and moved, with zeros, and with a ratio beyond the powers of f32. */
function logits(): { p: Float32Array<ArrayBuffer>; q: Float32Array<ArrayBuffer> } {
  const uniform = uniformFrom(4);
  const p = new Float32Array(4 * outcomes);
  const q = new Float32Array(4 * outcomes);
  for (let k = 0; k < outcomes; k++) {
    const [x, y] = [4 * uniform() - 2, 4 * uniform() - 2];
    [x, x + 20, k % 7 === 0 ? -Infinity : x, k === 9000 ? -300 : x].forEach((value, row) => { p[row * outcomes + k] = value; });
    [y, x + 1e-3 * y - 15, y, y].forEach((value, row) => { q[row * outcomes + k] = value; });
  }
  return { p, q };
}

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('rows in parts in regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { regime }); });
  afterAll(() => engine.dispose());

  const sweeps = async (d: Tensor): Promise<number> => {
    await d.read(); // throws where the certificate fails
    expect(d.report?.certificate?.passed).toBe(true);
    return d.report.dispatches;
  };

  test('of weights', async () => {
    const rows = weights();
    using p = engine.rows(rows.p, { outcomes, form: 'weights' });
    using q = engine.rows(rows.q, { outcomes, form: 'weights' });
    for (const alpha of [-1, 0.4, 1.5]) expect(await sweeps(alphaDivergence(p, q, { alpha }))).toBeGreaterThanOrEqual(4);
    expect(await sweeps(totalVariationDistance(p, q))).toBeGreaterThanOrEqual(4);
  });

  test('of logits', async () => {
    const rows = logits();
    using p = engine.rows(rows.p, { outcomes, form: 'logits' });
    using q = engine.rows(rows.q, { outcomes, form: 'logits' });
    for (const alpha of [-1, 0.4, 1.5]) expect(await sweeps(alphaDivergence(p, q, { alpha }))).toBeGreaterThanOrEqual(4);
  });

  test('with one row for all', async () => {
    const rows = weights();
    using p = engine.rows(rows.p.subarray(0, outcomes), { outcomes, form: 'weights' });
    using q = engine.rows(rows.q, { outcomes, form: 'weights' });
    using d = klDivergence(p, q);
    expect(await sweeps(d)).toBeGreaterThanOrEqual(4);
    expect(d.shape).toEqual([4]);
  });
});
