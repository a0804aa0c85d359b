import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { gram, probabilities, product } from '../../src/index.ts';
import { columns } from '../../src/math/columns.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { uniformFrom } from '../math/relative-error.ts';

const vectors = (length: number, seed: number): Float32Array<ArrayBuffer> => {
  const random = uniformFrom(seed);
  return new Float32Array(length).map(() => (random() - 0.5) * 2 ** (8 * random()));
};

/** Where blocks have to be small. */
const limits = [2 ** 16, 2 ** 15].map((maxStorageBufferBindingSize) => ({ maxStorageBufferBindingSize }));

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  let small: readonly Engine[];
  beforeAll(async () => {
    engine = await openEngine({ ...await placeFor(backend), check: 'all' });
    small = await Promise.all(limits.map(async (each) => openEngine(await placeFor(backend), { limits: each })));
  });
  afterAll(() => [engine, ...small].forEach((each) => each.dispose()));

  const shapes = fc.record({ rows: fc.constantFrom(1, 31, 64, 300, 1001), n: fc.constantFrom(1, 2, 7, 21), m: fc.constantFrom(1, 4, 9, 17), seed: fc.nat(999) });

  test('each entry is within 18 ulp of Σ |x y|, whatever the blocks', () => fc.assert(fc.asyncProperty(shapes, async ({ rows, n, m, seed }) => {
    const [x, y] = [vectors(rows * n, seed), vectors(rows * m, seed + 1)];
    const of = (each: Engine) => gram(each.values(x, { outcomes: n }), each.values(y, { outcomes: m }));
    const result = of(engine);
    const got = await result.read();
    expect(result.shape).toEqual([n, m]);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        let [sum, size] = [0, 0];
        for (let b = 0; b < rows; b++) {
          sum += x[b * n + i]! * y[b * m + j]!;
          size += Math.abs(x[b * n + i]! * y[b * m + j]!);
        }
        expect(Math.abs(got[i * m + j]! - sum)).toBeLessThanOrEqual(18 * ulp * size);
      }
    }
    for (const [index, each] of small.entries()) {
      const inBlocks = of(each);
      expect(await inBlocks.read()).toEqual(got);
      if (backend === 'webgpu' && 4 * rows * Math.max(n, m) > limits[index]!.maxStorageBufferBindingSize) expect(inBlocks.report.chunks).toBeGreaterThan(1);
    }
  }), { seed: 3, numRuns: 20 }));

  test('one row for all, columns, halves, results, and no rows', async () => {
    const x = engine.values([[1, 2, 3], [3, 4, 5], [5, 6, 7]], { outcomes: 3 });
    const ones = engine.values([[1, 1]], { outcomes: 2 });
    expect([...await gram(x, ones).read()]).toEqual([9, 9, 12, 12, 15, 15]);
    expect([...await gram(ones, x).read()]).toEqual([9, 12, 15, 9, 12, 15]);
    expect([...await gram(columns(x, 1, [2]), columns(x, 2, [1])).read()]).toEqual([6 + 20 + 42, 9 + 25 + 49]);
    const halves = engine.rows(Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400), { outcomes: 2, form: 'weights', storage: 'f16' });
    expect([...await gram(halves, halves).read()]).toEqual([10, 14, 14, 20]);
    const p = probabilities(engine.rows([[0, 0], [0, -Infinity]], { outcomes: 2, form: 'logits' }));
    expect([...await gram(p, p).read()]).toEqual([1.25, 0.25, 0.25, 0.25]);
    expect([...await product(gram(p, p), gram(halves, product(halves, halves))).read()]).toEqual([1.25 * 38 + 0.25 * 86, 1.25 * 54 + 0.25 * 122, 0.25 * 124, 0.25 * 176]);
    const nothing = engine.values([], { outcomes: 4 });
    expect([...await gram(nothing, nothing).read()]).toEqual(new Array(16).fill(0));
    expect([...await gram(ones, nothing).read()]).toEqual(new Array(8).fill(0));
    expect([...await gram(nothing, ones).read()]).toEqual(new Array(8).fill(0));
  });

  test('logits, and batches of unlike sizes, are refused', () => {
    const [x, z] = [engine.values([[1, 2], [3, 4]], { outcomes: 2 }), engine.rows([[0, 0]], { outcomes: 2, form: 'logits' })];
    expect(() => gram(x, z)).toThrow(expect.objectContaining({ code: 'domain', operation: 'gram', argument: 'y', got: 'rows of logits' }));
    expect(() => gram(x, engine.values([[1, 2], [1, 2], [1, 2]], { outcomes: 2 }))).toThrow(expect.objectContaining({ code: 'shape', argument: 'y', got: '3 rows' }));
  });
});
