import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { entropy, probabilities, product } from '../../src/index.ts';
import { columns } from '../../src/math/columns.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { uniformFrom } from '../math/relative-error.ts';

const entries = (length: number, seed: number): Float32Array<ArrayBuffer> => {
  const random = uniformFrom(seed);
  return new Float32Array(length).map(() => (random() - 0.5) * 2 ** (8 * random()));
};

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(backend), check: 'all' }); });
  afterAll(() => engine.dispose());

  const shapes = fc.record({ rows: fc.constantFrom(1, 2, 17, 33, 40), others: fc.constantFrom(1, 3, 4, 16, 35), n: fc.constantFrom(1, 2, 4, 7, 64, 255, 1100), seed: fc.nat(999) });

  test('each entry is within 18 ulp of Σ |x y|', () => fc.assert(fc.asyncProperty(shapes, async ({ rows, others, n, seed }) => {
    const [x, y] = [entries(rows * n, seed), entries(others * n, seed + 1)];
    const result = product(engine.values(x, { outcomes: n }), engine.values(y, { outcomes: n }));
    const got = await result.read();
    expect(result.shape).toEqual([rows, others]);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < others; j++) {
        let [sum, size] = [0, 0];
        for (let k = 0; k < n; k++) {
          sum += x[i * n + k]! * y[j * n + k]!;
          size += Math.abs(x[i * n + k]! * y[j * n + k]!);
        }
        expect(Math.abs(got[i * others + j]! - sum)).toBeLessThanOrEqual(18 * ulp * size);
      }
    }
  }), { seed: 12, numRuns: 12 }));

  test('of columns, halves, results and of sums beyond f32', async () => {
    const wide = engine.values([[9, 1, 2, 3, 4, 5, 9, 9], [9, -1, 0, 1, 0, 1, 9, 9]], { outcomes: 8 });
    const ones = engine.values([[1, 1, 1, 1, 1], [1, 0, 0, 0, 0]], { outcomes: 5 });
    expect([...await product(columns(wide, 1, [5]), ones).read()]).toEqual([15, 1, 1, -1]);
    expect([...await product(ones, columns(wide, 0, [5])).read()]).toEqual([19, 9, 9, 9]);
    const halves = engine.rows(Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x3c00, 0x3c00, 0x3c00), { outcomes: 3, form: 'weights', storage: 'f16' });
    expect([...await product(halves, halves).read()]).toEqual([14, 6, 6, 3]);
    const p = probabilities(engine.rows([[0, 0], [0, -Infinity]], { outcomes: 2, form: 'logits' }));
    expect([...await product(p, product(p, p)).read()]).toEqual([0.5, 0.75, 0.5, 0.5]);
    expect([...await product(entropy(p), entropy(p)).read()].map((d) => d.toFixed(4))).toEqual(['0.4805', '0.0000', '0.0000', '0.0000']);
    const large = engine.values([[2e30, 2e30]], { outcomes: 2 });
    expect([...await product(large, large).read()]).toEqual([Infinity]);
    expect([...await product(engine.values([], { outcomes: 2 }), large).read()]).toEqual([]);
  });

  test('logits, and rows of unlike lengths, are refused', () => {
    const p = engine.rows([[0, 0]], { outcomes: 2, form: 'logits' });
    const v = engine.values([[1, 2]], { outcomes: 2 });
    expect(() => product(v, p)).toThrow(expect.objectContaining({ code: 'domain', operation: 'product', argument: 'y', got: 'rows of logits' }));
    expect(() => product(v, engine.values([[1, 2, 3]], { outcomes: 3 }))).toThrow(expect.objectContaining({ code: 'shape', argument: 'y' }));
  });

  test('blocks of any size are right', async () => {
    const [x, y] = [entries(300 * 20, 1), entries(200 * 20, 2)];
    using small = await openEngine({ ...await placeFor(backend), check: 'all' }, { limits: { maxStorageBufferBindingSize: 8000 } });
    const result = product(small.values(x, { outcomes: 20 }), small.values(y, { outcomes: 20 }));
    await result.read(); // which is checked
    if (backend === 'webgpu') expect(result.report.chunks).toBeGreaterThan(1);
  });
});
