import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { mirrorDescentStep } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';

describe.each(['cpu', 'webgpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  const step = async (p: number[], gradient: number[], stepSize: number): Promise<number[]> => {
    const rows = engine.rows([p], { outcomes: p.length, form: 'weights' });
    return [...(await mirrorDescentStep(rows, engine.values([gradient], { outcomes: p.length }), { stepSize }).read())];
  };

  /** p e^(−η g), normalised. */
  const closedForm = (p: number[], gradient: number[], stepSize: number): number[] => {
    const tilted = p.map((x, k) => x * Math.exp(-stepSize * gradient[k]!));
    const mass = tilted.reduce((sum, x) => sum + x, 0);
    return tilted.map((x) => x / mass);
  };

  test.each([[[1, 2, 5], [1, -2, 0.5], 0.1], [[1, 2, 5], [8, -16, 4], -2.5], [[0.25, 0, 0.75], [3, 1, 2], 1]])('%j against %j by %d is p e^(−η g), normalised', async (p, gradient, stepSize) => {
    const expected = closedForm(p, gradient, stepSize);
    (await step(p, gradient, stepSize)).forEach((x, k) => expect(Math.abs(x - expected[k]!)).toBeLessThanOrEqual(8 * ulp * expected[k]!));
  });

  test('no step and a constant gradient leave the row where it is', async () => {
    expect(await step([0.5, 0.25, 0.25], [1, 2, 3], 0)).toEqual([0.5, 0.25, 0.25]);
    expect(await step([2, 1, 1], [1e6, 1e6, 1e6], 3)).toEqual([0.5, 0.25, 0.25]);
  });

  test('a gradient beyond every scale puts the mass where it is least, and is never NaN', async () => {
    expect(await step([1, 2, 5], [3e38, -3e38, 1.0001e28], 0.01)).toEqual([0, 1, 0]);
    expect(await step([1, 2, 5], [1.1e30, 1.2e30, 7.7e20], 40)).toEqual([0, 0, 1]);
    expect(await step([1, 0, 5], [1, -1e30, 2], 1e10)).toEqual([1, 0, 0]);
  });

  test('results below the smallest row entry of the start are kept', async () => {
    const [tiny] = await step([1, 1], [60, 0], 1);
    expect(Math.abs(tiny! / (Math.exp(-60) / (1 + Math.exp(-60))) - 1)).toBeLessThanOrEqual(8 * ulp);
  });
});
