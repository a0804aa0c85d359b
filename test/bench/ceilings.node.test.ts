import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  batchToRead,
  batchToReadAcross,
  fmaChains,
  kernelTime,
  sumsAcrossRows,
  sumsOfRows,
} from '../../bench/ceilings.ts';
import { openEngine, type Engine } from '../../src/index.ts';

describe.each(['lane', 'workgroup'] as const)('the ceilings in the regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine({ backend: 'webgpu', check: 'all' }, { regime });
  });
  afterAll(() => engine.dispose());

  it('read every number of a batch, also of rows that no block divides', async () => {
    const data = Float32Array.from({ length: 5 * 1108 }, (_, i) => 1 + (i % 7));
    const sum = data.reduce((total, x) => total + x, 0);
    const batch = engine.values(data, { outcomes: 1108 });
    for (const sums of [sumsOfRows(batch), sumsAcrossRows(batch)]) {
      const parts = await sums.read();
      expect(parts).toHaveLength(5);
      expect(parts.reduce((total, x) => total + x, 0)).toBe(sum); // whole numbers, exact in f32
      expect(sums.report.certificate!.passed).toBe(true);
    }
  });

  it('read as many bytes as they are told, rounded up to whole rows of quads', () => {
    const batch = batchToRead(engine, 1000, 3);
    expect([batch.rows, batch.width]).toEqual([3, 336]);
    const across = batchToReadAcross(engine, 6400);
    expect([across.rows, across.width]).toEqual([100, 64]);
    expect(batchToReadAcross(engine, 3).rows).toBe(1);
  });

  it('run every link of the chains', async () => {
    const { ends, count } = fmaChains(engine, { invocations: 65, steps: 2 });
    const tensor = ends();
    await tensor.read();
    expect(tensor.report.certificate!.passed).toBe(true);
    expect(count).toBe(65 * 2 * 4 * 16);
    expect(await kernelTime(ends, undefined)).toBeGreaterThan(0);
  });
});
