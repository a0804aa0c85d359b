/** The GPU process really dies in the middle of a run. */
import { commands } from 'vitest/browser';
import { expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { klDivergence, mirrorDescent } from '../../src/index.ts';
import { randomRows } from './random-rows.ts';

const [rows, outcomes] = [64, 32];
const rowsOf = (engine: Engine, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });
const descent = (engine: Engine): Tensor => mirrorDescent(rowsOf(engine, 1), { kind: 'alphaDivergence', alpha: 1, targets: rowsOf(engine, 2) }, { stepSize: 0.1, steps: 400 });

test('a crash during a run: it is done again on a new device, and so is what comes after it', async () => {
  using cpu = await openEngine({ backend: 'cpu' });
  using engine = await openEngine({ backend: 'webgpu' });
  const events: string[] = [];
  for (const name of ['devicelost', 'recovered', 'fallback'] as const) engine.on(name, () => events.push(name));
  const run = descent(engine);
  let crash: Promise<void> | undefined;
  const got = await run.read({ onProgress: () => { crash ??= commands.crashGpu(); } });
  await crash;
  const expected = await descent(cpu).read();
  got.forEach((w, k) => expect(Math.abs(w - expected[k]!)).toBeLessThan(1e-6));

  expect(run.report).toMatchObject({ backend: 'webgpu', replays: 1 });
  expect(events).toEqual(['devicelost', 'recovered']);

  const after = klDivergence(rowsOf(engine, 1), rowsOf(engine, 2));
  await after.read();
  expect(after.report).toMatchObject({ backend: 'webgpu' });
});
