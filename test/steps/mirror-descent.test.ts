import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { klDivergence, mirrorDescent, mirrorDescentStep } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';

const targets = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]];
const starts = [[0.3, 0.3, 0.4], [1 / 3, 1 / 3, 1 / 3]];

/** dD_α(t‖q)/dq up to a constant, from the definition D_α = 4/(1−α²) (1 − Σ t^((1−α)/2) q^((1+α)/2)) and its limits. */
function slope(alpha: number, t: number, q: number): number {
  if (alpha === -1) return -t / q;
  if (alpha === 1) return Math.log(q / t);
  return (-2 / (1 - alpha)) * (t / q) ** ((1 - alpha) / 2);
}

function tilted(w: number[], gradient: number[], stepSize: number): number[] {
  const next = w.map((x, k) => x * Math.exp(-stepSize * gradient[k]!));
  const mass = next.reduce((sum, x) => sum + x, 0);
  return next.map((x) => x / mass);
}

describe.each(['cpu', 'webgpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ backend, check: 'all' }); });
  afterAll(() => engine.dispose());

  test.each([-3, -1, -0.3, 0, 0.5, 1, 2])('three steps towards targets at α = %d', async (alpha) => {
    const objective = { kind: 'alphaDivergence', alpha, targets: engine.rows(targets, { outcomes: 3 }) } as const;
    const w = await mirrorDescent(engine.rows(starts, { outcomes: 3, form: 'weights' }), objective, { stepSize: 0.1, steps: 3 }).read();
    starts.forEach((start, row) => {
      let expected = start;
      for (let n = 0; n < 3; n++) expected = tilted(expected, expected.map((q, k) => slope(alpha, targets[row]![k]!, q)), 0.1);
      expected.forEach((x, k) => expect(Math.abs(w[3 * row + k]! / x - 1)).toBeLessThanOrEqual(32 * ulp));
    });
  });

  test('steps over the weights of components', async () => {
    const components = [[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]];
    const mixture = (w: number[]): number[] => [0, 1, 2].map((k) => w[0]! * components[0]![k]! + w[1]! * components[1]![k]!);
    const objective = { kind: 'alphaDivergence', alpha: -1, targets: engine.rows(targets, { outcomes: 3 }), components: engine.rows(components, { outcomes: 3 }) } as const;
    const result = mirrorDescent(engine.rows([[0.5, 0.5]], { outcomes: 2 }), objective, { stepSize: 0.2, steps: 4 });
    expect(result.shape).toEqual([2, 2]);
    const got = await result.read();
    targets.forEach((target, row) => {
      let w = [0.5, 0.5];
      for (let n = 0; n < 4; n++) {
        const q = mixture(w);
        w = tilted(w, components.map((r) => r.reduce((sum, x, k) => sum - (x * target[k]!) / q[k]!, 0)), 0.2);
      }
      w.forEach((x, m) => expect(Math.abs(got[2 * row + m]! / x - 1)).toBeLessThanOrEqual(64 * ulp));
    });
  });

  test('finds the weights of a mixture, and leaves out a component that the start excludes', async () => {
    const components = engine.rows([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.1, 0.8, 0.1]], { outcomes: 3 });
    const objective = { kind: 'alphaDivergence', alpha: -1, targets: engine.rows([[0.4, 0.2, 0.4]], { outcomes: 3 }), components } as const;
    const w = await mirrorDescent(engine.rows([[1, 2, 0], [2, 1, 3]], { outcomes: 3, form: 'weights' }), objective, { stepSize: 1, steps: 60 }).read();
    [0.5, 0.5, 0].forEach((x, m) => expect(w[m]).toBeCloseTo(x, 5));
    expect(w[2]).toBe(0);
    expect(w[5]).toBeGreaterThan(0);
    expect(w[5]).toBeLessThan(0.02); // on its way to the boundary, which is never reached
  });

  test('a linear objective is one exact step, and no steps are none', async () => {
    const [p, gradient] = [engine.rows(starts, { outcomes: 3, form: 'weights' }), engine.values([[1, -2, 0.5]], { outcomes: 3 })];
    const many = await mirrorDescent(p, { kind: 'linear', gradient }, { stepSize: 0.25, steps: 12 }).read();
    expect([...many]).toEqual([...(await mirrorDescentStep(p, gradient, { stepSize: 3 }).read())]);
    const none = await mirrorDescent(p, { kind: 'alphaDivergence', alpha: 0, targets: engine.rows(targets, { outcomes: 3 }) }, { stepSize: 0.25, steps: 0 }).read();
    starts.flat().forEach((x, index) => expect(none[index]).toBeCloseTo(x, 6));
  });

  test('zeros of the start stay zero, also where the target is infinitely far', async () => {
    const objective = { kind: 'alphaDivergence', alpha: 2, targets: engine.rows([[1, 0, 0]], { outcomes: 3 }) } as const;
    const w = await mirrorDescent(engine.rows([[0.5, 0.5, 0]], { outcomes: 3 }), objective, { stepSize: 0.1, steps: 3 }).read();
    expect([...w]).toEqual([1, 0, 0]);
  });

  test('arrives at the target', async () => {
    const goal = engine.rows(targets, { outcomes: 3 });
    const w = await mirrorDescent(engine.rows(starts, { outcomes: 3, form: 'weights' }), { kind: 'alphaDivergence', alpha: -1, targets: goal }, { stepSize: 0.5, steps: 60 }).read();
    for (const d of await klDivergence(goal, engine.rows(w, { outcomes: 3 })).read()) expect(d).toBeLessThan(1e-12);
  });
});
