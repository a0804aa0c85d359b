import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { naturalGradientStep, type Path } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import golden from '../../host/golden/geometry.json';

const paths = ['e', 'm', 'lc'] as const satisfies Path[];

describe.each(['cpu', 'webgpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  const step = async (p: number[], gradient: number[], stepSize: number, path: Path): Promise<number[]> => {
    const rows = engine.rows([p], { outcomes: p.length, form: 'weights' });
    return [...(await naturalGradientStep(rows, engine.values([gradient], { outcomes: p.length }), { stepSize, path }).read())];
  };

  test.each(golden.cases)('the geodesics of the golden row $name, from p with velocity v = −η p⊙(g − p·g)', async ({ p, v, geodesics }) => {
    for (const path of paths) {
      const next = await step(p, v.map((x, k) => -4 * (x / p[k]!)), 0.25, path);
      next.forEach((x, k) => expect(Math.abs(x - geodesics[path][k]!), path).toBeLessThanOrEqual(16 * ulp));
    }
  });

  test('on m and lc an outcome that would become negative ends at 0, and the row adds up to 1', async () => {
    expect(await step([0.5, 0.25, 0.25], [8, 0, 0], 1, 'm')).toEqual([0, 0.5, 0.5]);
    for (const stepSize of [4, 40, 4e20]) {
      const [first, second, third] = await step([0.5, 0.25, 0.25], [8, 0, 0], stepSize, 'lc');
      expect([first, second]).toEqual([0, third]);
      expect(second).toBeCloseTo(0.5, 6);
    }
  });

  test('lc moves along a great circle: √p⁺ at the angle |v|/2 from √p', async () => {
    const [p, gradient] = [[0.5, 0.5], [1, -1]];
    const [x, y] = await step(p, gradient, 0.5, 'lc'); // the angle is η |g|_p / 2 = 1/4
    expect(x! / Math.cos(Math.PI / 4 + 0.25) ** 2).toBeCloseTo(1, 6);
    expect(y! / Math.sin(Math.PI / 4 + 0.25) ** 2).toBeCloseTo(1, 6);
  });

  test.each(paths)('a constant added to the gradient changes nothing on path %s', async (path) => {
    const [plain, shifted] = [await step([1, 2, 5], [1, -2, 0.5], 0.125, path), await step([1, 2, 5], [1025, 1022, 1024.5], 0.125, path)];
    shifted.forEach((x, k) => expect(Math.abs(x / plain[k]! - 1)).toBeLessThanOrEqual(8 * ulp));
  });

  test.each(paths)('gradients beyond 1e30 keep their order, and outcomes without mass do not count, on path %s', async (path) => {
    for (const stepSize of [0.5, 1e-12, 1e20]) expect(await step([1, 1, 0], [2e31, 3e31, -3e38], stepSize, path)).toEqual([1, 0, 0]);
    expect(await step([1, 1, 0], [2e31, 3e31, -3e38], -1e37, path)).toEqual([0, 1, 0]);
  });

  test.each(paths)('a gradient beyond every scale is never NaN on path %s', async (path) => {
    const next = await step([1, 2, 5], [3e38, -3e38, 1e20], 1e3, path);
    expect(next).toEqual([0, 1, 0]);
  });
});
