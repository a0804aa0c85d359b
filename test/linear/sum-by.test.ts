import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { product, sumBy, take } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { uniformFrom } from '../math/relative-error.ts';

const vectors = (length: number, seed: number): Float32Array<ArrayBuffer> => {
  const random = uniformFrom(seed);
  return new Float32Array(length).map(() => (random() - 0.5) * 2 ** (8 * random()));
};
const groupsOf = (rows: number, groups: number, seed: number): Uint32Array => {
  const random = uniformFrom(seed);
  return new Uint32Array(rows).map(() => Math.floor(groups * random() ** 2));
};

/** Where blocks have to be small. */
const limits = { maxStorageBufferBindingSize: 2 ** 14 };

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  let small: Engine;
  beforeAll(async () => {
    engine = await openEngine({ ...await placeFor(backend), check: 'all' });
    small = await openEngine(await placeFor(backend), { limits });
  });
  afterAll(() => [engine, small].forEach((each) => each.dispose()));

  const shapes = fc.record({ rows: fc.constantFrom(1, 31, 64, 300, 1000), n: fc.constantFrom(1, 2, 7, 33), groups: fc.constantFrom(1, 2, 9, 100), seed: fc.nat(999) });

  test('each entry is within an ulp of Σ |x|, whatever the blocks', () => fc.assert(fc.asyncProperty(shapes, async ({ rows, n, groups, seed }) => {
    const [x, index] = [vectors(rows * n, seed), groupsOf(rows, groups, seed + 1)];
    const [sums, sizes] = [new Float64Array(groups * n), new Float64Array(groups * n)];
    x.forEach((entry, at) => {
      const to = index[Math.floor(at / n)]! * n + (at % n);
      sums[to]! += entry;
      sizes[to]! += Math.abs(entry);
    });
    const result = sumBy(engine.values(x, { outcomes: n }), index, { groups });
    const got = await result.read();
    expect(result.shape).toEqual([groups, n]);
    got.forEach((sum, at) => expect(Math.abs(sum - sums[at]!)).toBeLessThanOrEqual(ulp * sizes[at]!));
    const inBlocks = sumBy(small.values(x, { outcomes: n }), index, { groups });
    expect(await inBlocks.read()).toEqual(got);
    if (backend === 'webgpu' && 4 * rows * n > limits.maxStorageBufferBindingSize) expect(inBlocks.report.chunks).toBeGreaterThan(1);
  }), { seed: 3, numRuns: 20 }));

  test('is the adjoint of take', async () => {
    const [x, y, index] = [vectors(50 * 3, 1), vectors(4 * 3, 2), groupsOf(50, 4, 3)];
    const taken = await take(engine.values(y, { outcomes: 3 }), index).read();
    const summed = await sumBy(engine.values(x, { outcomes: 3 }), index, { groups: 4 }).read();
    const inner = (a: Float32Array, b: Float32Array): number => a.reduce((sum, entry, k) => sum + entry * b[k]!, 0);
    expect(inner(taken, x)).toBeCloseTo(inner(y, summed), 3);
  });

  test('of results and halves, of shapes of more axes, beside products, of no rows', async () => {
    const x = engine.values([[1, 2], [3, 4], [5, 6]], { outcomes: 2 });
    const sums = sumBy(take(x, [0, 1, 2, 2]), [1, 1, 0, 1], { groups: 2 });
    expect([...await sums.read()]).toEqual([5, 6, 9, 12]);
    expect([...await product(sums, sums).read()]).toEqual([61, 117, 117, 225]); // both of them sums of batches
    expect([...await sumBy(product(x, x), [0, 0, 0], { groups: 1 }).read()]).toEqual([5 + 11 + 17, 11 + 25 + 39, 17 + 39 + 61]);
    expect([...await sumBy(sums, [0, 0], { groups: 1 }).read()]).toEqual([14, 18]);
    const halves = engine.rows(Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400), { outcomes: 2, form: 'weights', storage: 'f16' });
    expect([...await sumBy(halves, [2, 2], { groups: 3 }).read()]).toEqual([0, 0, 0, 0, 4, 6]);
    expect([...await sumBy(engine.values([], { outcomes: 2 }), [], { groups: 2 }).read()]).toEqual([0, 0, 0, 0]);
    const infinite = engine.values([[3e38], [3e38], [-1]], { outcomes: 1 });
    expect([...await sumBy(sumBy(infinite, [0, 0, 1], { groups: 2 }), [0, 0], { groups: 1 }).read()]).toEqual([Infinity]);
  });

  test.each([
    [[0, 2], 2, { code: 'shape', argument: 'index', row: 1, got: '2' }], [[-1, 0], 2, { code: 'shape', row: 0, got: '-1' }], [[0, 0.5], 2, { code: 'domain', row: 1, got: '0.5' }],
    [[0], 2, { code: 'shape', argument: 'index', got: '1' }], [3, 2, { code: 'domain', argument: 'index' }],
    [[0, 0], 0, { code: 'domain', argument: 'groups' }], [[0, 0], 1.5, { code: 'domain', argument: 'groups' }], [[0, 0], undefined, { code: 'domain', argument: 'groups' }],
  ])('%j in %j groups is refused', (index, groups, facts) => {
    const x = engine.values([[1, 1], [3, 1]], { outcomes: 2 });
    expect(() => sumBy(x, index as number[], { groups: groups! })).toThrow(expect.objectContaining({ operation: 'sumBy', ...facts }));
  });
});
