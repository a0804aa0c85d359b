import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { DistributionForm } from '../../src/engine/forms.ts';
import { alphaDivergence } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { uniformFrom } from '../math/relative-error.ts';

const rows = 48;

/** Pairs of rows in turn: independent, near, of unlike masses, and with zeros. */
function pairs(outcomes: number, form: DistributionForm, seed: number): [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const uniform = uniformFrom(seed);
  const [p, q] = [new Float32Array(rows * outcomes), new Float32Array(rows * outcomes)];
  for (let at = 0; at < p.length; at++) {
    const kind = Math.floor(at / outcomes) % 4;
    const x = 0.01 + uniform() ** 4;
    const y = [0.01 + uniform() ** 4, x * (1 + 1e-4 * (uniform() - 0.5)), 700 * uniform(), at % outcomes > 0 && uniform() < 0.3 ? 0 : uniform()][kind]!;
    p[at] = form === 'logits' ? Math.log(x) : x;
    q[at] = form === 'logits' ? Math.log(y) : y;
  }
  return [p, q];
}

/** How many numbers of f32 lie between two that are not negative. */
function steps(x: Float32Array, y: Float32Array): number {
  const [a, b] = [new Int32Array(x.buffer, x.byteOffset, x.length), new Int32Array(y.buffer, y.byteOffset, y.length)];
  return a.reduce((most, bits, row) => Math.max(most, Math.abs(bits - b[row]!)), 0);
}

describe.each([['weights', 'webgpu'], ['logits', 'webgpu'], ['weights', 'cpu'], ['logits', 'cpu']] as const)('rows of %s on %s', (form, backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  const between = async (alpha: number, outcomes: number, seed: number): Promise<number> => {
    const [left, right] = pairs(outcomes, form, seed);
    using p = engine.rows(left, { outcomes, form });
    using q = engine.rows(right, { outcomes, form });
    using d = alphaDivergence(p, q, { alpha });
    using dual = alphaDivergence(q, p, { alpha: -alpha });
    return steps(await d.read(), await dual.read());
  };

  test('D_α(p‖q) is D_−α(q‖p) to the last bit', async () => {
    const anyAlpha = fc.oneof(fc.double({ min: -8, max: 8, noNaN: true }), fc.constantFrom(-3, -1, 1 - 1e-7, 1, 1 + 1e-12, 3)).filter((alpha) => alpha !== 0);
    await fc.assert(fc.asyncProperty(anyAlpha, fc.constantFrom(2, 3, 9, 64), fc.nat(), async (alpha, outcomes, seed) => {
      expect(await between(alpha, outcomes, seed)).toBe(0);
    }), { numRuns: 8 });
  });

  test('D_0(p‖q) is D_0(q‖p) to the last place', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(2, 3, 9, 64), fc.nat(), async (outcomes, seed) => {
      expect(await between(0, outcomes, seed)).toBeLessThanOrEqual(1);
    }), { numRuns: 6 });
  });
});
