/** Work and predictions, which need no device. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assumed, assumedDevice, corrected, instead, predict, type Costs, type Way, type Work } from '../../src/engine/cost.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { GpuBufferLike } from '../../src/engine/gpu-types.ts';
import { Tensor } from '../../src/engine/tensor.ts';
import { workOf } from '../../src/engine/work.ts';
import { chernoffInformation, divergenceMatrix, jensenShannonDivergence, klDivergence, mirrorDescent, mirrorDescentStep, nearest } from '../../src/index.ts';

let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu' }); });
afterAll(() => engine.dispose());
const batch = (rows: number, outcomes: number): Tensor => engine.rows(new Float32Array(rows * outcomes), { outcomes });
const nothing = (): boolean => false;

describe('workOf', () => {
  test('counts what goes through rows, all pairs and steps', () => {
    const [p, q, one] = [batch(6, 5), batch(7, 5), batch(1, 5)];
    expect(workOf(klDivergence(p, one), nothing)).toEqual({ numbers: 30, rows: 6, passes: 1, bytesUp: 4 * 35, bytesBack: 0 });
    expect(workOf(divergenceMatrix(p, q, { divergence: klDivergence }), nothing)).toMatchObject({ numbers: 6 * 7 * 5, rows: 6, passes: 1 });
    expect(workOf(nearest(p, q, { k: 2, divergence: klDivergence }), nothing)).toMatchObject({ numbers: 6 * 7 * 5 });
    const descent = mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets: one }, { stepSize: 0.1, steps: 40 });
    expect(workOf(descent, nothing)).toMatchObject({ numbers: 40 * 30, rows: 40 * 6, passes: 40 });
    const components = { kind: 'alphaDivergence', alpha: -1, targets: batch(3, 8), components: batch(5, 8) } as const;
    expect(workOf(mirrorDescent(batch(3, 5), components, { stepSize: 0.1, steps: 2 }), nothing)).toMatchObject({ numbers: 2 * 3 * 5 * 8 });
  });

  test('leaves out what is held, and what only that was made from', () => {
    const [p, q] = [batch(6, 5), batch(6, 5)];
    const moved = mirrorDescentStep(p, engine.values(new Float32Array(30), { outcomes: 5 }), { stepSize: 0.1 });
    const d = klDivergence(moved, q);
    expect(workOf(d, nothing)).toEqual({ numbers: 60, rows: 12, passes: 2, bytesUp: 3 * 120, bytesBack: 0 });
    expect(workOf(d, (tensor) => tensor === moved)).toEqual({ numbers: 30, rows: 6, passes: 1, bytesUp: 120, bytesBack: 0 });
    expect(workOf(d, (tensor) => tensor === d)).toEqual({ numbers: 0, rows: 0, passes: 0, bytesUp: 0, bytesBack: 0 });
    const buffer: GpuBufferLike = { size: 120, usage: 0, destroy: () => undefined, mapAsync: () => Promise.resolve(), getMappedRange: () => new ArrayBuffer() };
    const onDevice = new Tensor(engine, [6, 5], 'probabilities', { kind: 'source', data: buffer });
    expect(workOf(klDivergence(onDevice, q), nothing)).toMatchObject({ bytesUp: 120, bytesBack: 120 });
  });

  test('weighs numbers by what they cost in the way that they are gone through', () => {
    const [p, q] = [batch(40, 64), batch(50, 64)];
    const numbers = (tensor: Tensor, way: Way): number => workOf(tensor, nothing, way).numbers;
    expect(numbers(klDivergence(p, p), 'webgpu')).toBe(40 * 64);
    expect(numbers(jensenShannonDivergence(p, p), 'webgpu')).toBeGreaterThan(2 * 40 * 64);
    expect(numbers(jensenShannonDivergence(p, p), 'reference')).toBe(40 * 64);
    expect(numbers(chernoffInformation(p, p), 'webgpu')).toBeGreaterThan(5 * 40 * 64);
    const pairs = 40 * 50 * 64;
    expect(numbers(divergenceMatrix(p, q, { divergence: klDivergence }), 'fast')).toBeLessThan(pairs / 4); // a product
    expect(numbers(divergenceMatrix(p, q, { divergence: jensenShannonDivergence }), 'webgpu')).toBeGreaterThan(2 * pairs); // one by one
    expect(numbers(nearest(p, q, { k: 1, divergence: klDivergence }), 'webgpu')).toBeLessThan(pairs / 4);
  });

  test('of a lineage of thousands of steps', () => {
    let state = batch(2, 3);
    const slope = engine.values(new Float32Array(6), { outcomes: 3 });
    for (let step = 0; step < 5000; step++) state = mirrorDescentStep(state, slope, { stepSize: 0.1 });
    expect(workOf(state, nothing)).toMatchObject({ numbers: 30_000, passes: 5000, bytesUp: 48 });
  });
});

const positive = fc.double({ min: 1e-3, max: 1e8, noNaN: true });
const anyCosts: fc.Arbitrary<Costs> = fc.record({
  device: fc.record({ latency: positive, dispatch: positive, up: positive, down: positive, kernel: positive }), cpu: fc.record({ fast: positive, reference: positive }),
});
const count = fc.integer({ min: 0, max: 1e9 });
const anyWork: fc.Arbitrary<Work> = fc.record({ numbers: count, rows: count, passes: count, bytesUp: count, bytesBack: count });

describe('predict', () => {
  test('more work never costs less', () => {
    fc.assert(fc.property(anyCosts, anyWork, anyWork, count, (costs, work, more, bytesDown) => {
      for (const way of ['webgpu', 'fast', 'reference'] as const) {
        const less = predict(way, work, bytesDown, costs);
        const both = { numbers: work.numbers + more.numbers, rows: work.rows + more.rows, passes: work.passes + more.passes, bytesUp: work.bytesUp + more.bytesUp, bytesBack: work.bytesBack + more.bytesBack };
        expect(less).toBeGreaterThan(0);
        expect(predict(way, both, bytesDown, costs)).toBeGreaterThanOrEqual(less);
      }
    }));
  });

  test('a device that answers late is left alone for little work, and one that computes fast is taken for much', () => {
    const [little, much]: Work[] = [2, 1e8].map((numbers) => ({ numbers, rows: 1, passes: 1, bytesUp: 8 * numbers, bytesBack: 0 }));
    const fastDevice: Costs = { ...assumed, device: { latency: 0.2, dispatch: 0.005, up: 1e7, down: 1e7, kernel: 1e8 } };
    expect(predict('fast', little!, 4, fastDevice)).toBeLessThan(predict('webgpu', little!, 4, fastDevice));
    expect(predict('reference', little!, 4, fastDevice)).toBeLessThan(predict('webgpu', little!, 4, fastDevice));
    expect(predict('webgpu', much!, 4, fastDevice)).toBeLessThan(predict('fast', much!, 4, fastDevice));
    const slowDevice: Costs = { ...assumed, device: { ...assumed.device, kernel: 1e4 } };
    expect(predict('fast', much!, 4, slowDevice)).toBeLessThan(predict('webgpu', much!, 4, slowDevice));
    expect(predict('webgpu', { ...much!, bytesUp: 0 }, 4, assumed)).toBeLessThan(predict('webgpu', much!, 4, assumed));
    expect(predict('fast', { ...little!, bytesBack: 1e6 }, 4, assumed)).toBeGreaterThan(assumed.device.latency);
  });
});

test('a device that is a CPU computes as one, until it is measured', () => {
  const work: Work = { numbers: 6_400_000, rows: 100_000, passes: 1, bytesUp: 5e7, bytesBack: 0 };
  const predicted = (software: boolean): number => predict('webgpu', work, 4e5, { ...assumed, device: assumedDevice(software) });
  expect(predicted(true)).toBeGreaterThan(100);
  expect(predicted(false)).toBeLessThan(100);
  expect(predict('fast', work, 4e5, assumed)).toBeLessThan(predicted(true));
});

test('a fast path that cannot run costs what the reference does', () => {
  const work: Work = { numbers: 6400, rows: 100, passes: 1, bytesUp: 0, bytesBack: 0 };
  const costs: Costs = { ...assumed, cpu: { fast: instead(5e5), reference: 5e5 } };
  expect(predict('fast', work, 400, costs)).toBeCloseTo(predict('reference', work, 400, costs), 9);
});

describe('the ratio of what runs take to what was predicted', () => {
  const ratio = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

  test('comes near to what runs show, from wherever it was', () => {
    fc.assert(fc.property(ratio, ratio, (from, to) => {
      let known = from;
      for (let run = 0; run < 40; run++) known = corrected(known, to);
      expect(known / to).toBeCloseTo(1, 3);
    }));
  });

  test('lies between what was known and what is seen, and one run does not take it far', () => {
    fc.assert(fc.property(ratio, ratio, (known, seen) => {
      const next = corrected(known, seen) / known;
      const [least, most] = seen < known ? [Math.max(1 / 2, seen / known), 1] : [1, Math.min(2, seen / known)];
      expect(next).toBeGreaterThanOrEqual(least * (1 - 1e-12));
      expect(next).toBeLessThanOrEqual(most * (1 + 1e-12));
    }));
  });
});
