/** The GPU process really dies in the middle of a run. */
import { commands } from 'vitest/browser';
import { expect, test } from 'vitest';
import { openEngine, type Engine } from '../../src/engine/engine.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { klDivergence, mirrorDescent } from '../../src/index.ts';
import { randomRows } from './random-rows.ts';

const [rows, outcomes] = [64, 32];
const rowsOf = (engine: Engine, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });
const descent = (engine: Engine): Tensor => mirrorDescent(rowsOf(engine, 1), { kind: 'alphaDivergence', alpha: -1, targets: rowsOf(engine, 2) }, { stepSize: 0.1, steps: 400 });

test('a crash during a run: the read still gives the right result, and a new engine has a GPU again', async () => {
  using cpu = await openEngine({ backend: 'cpu' });
  using engine = await openEngine({ backend: 'webgpu' });
  const run = descent(engine);
  let crash: Promise<void> | undefined;
  const got = await run.read({ onProgress: () => { crash ??= commands.crashGpu(); } });
  await crash;
  const expected = await descent(cpu).read();
  got.forEach((w, k) => expect(Math.abs(w - expected[k]!)).toBeLessThan(1e-6));

  const after = klDivergence(rowsOf(engine, 1), rowsOf(engine, 2));
  expect(await after.read()).toEqual(await klDivergence(rowsOf(cpu, 1), rowsOf(cpu, 2)).read());
  expect(after.report).toMatchObject({ backend: 'cpu', reason: expect.stringMatching(/^the GPU device was lost/) as string });

  using fresh = await openEngine({ backend: 'webgpu' });
  const again = klDivergence(rowsOf(fresh, 1), rowsOf(fresh, 2));
  await again.read();
  expect(again.report).toMatchObject({ backend: 'webgpu' });
});
