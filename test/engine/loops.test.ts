/** Devices are lost inside loops, and what comes out has the same bits, from the last checkpoint on. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Checkpoints } from '../../src/engine/checkpoints.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/open.ts';
import { apply } from '../../src/engine/operation.ts';
import { repeat } from '../../src/engine/repeat.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { defineRows } from '../../src/program/rows.ts';
import type { Values } from '../../src/program/trace.ts';
import type { Value } from '../../src/program/value.ts';
import { mirrorDescent } from '../../src/index.ts';
import { FaultyDevices } from './faulty-devices.ts';
import { randomRows } from './random-rows.ts';

const losses = navigator.userAgent.includes('Node') ? 100 : 30;
const outcomes = 5;

const definition = {
  name: 'towards the pull', formula: 'x ← x + (x̄ − x) y/8', source: 'a test',
  tolerance: { ulps: () => 16, relativeTo: 'row' as const, reason: 'a few roundings' },
  arguments: [{ name: 'x', takes: 'values' as const }, { name: 'y', takes: 'values' as const }],
  program: ({ x, y }: Values): { x: Value } => ({ x: x!.plus(x!.sum().over(outcomes).minus(x!).times(y!).times(1 / 8)) }),
};
const step = defineRows<object>(definition);
const loop = defineRows<{ readonly steps: number }>({ ...definition, steps: ({ steps }) => steps });

const valuesOf = (engine: Engine, seed: number): Tensor => engine.values(randomRows(4, outcomes, seed), { outcomes });
const weightsOf = (engine: Engine, seed: number, rows = 4): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });

const cheap: readonly ((engine: Engine) => Tensor)[] = [
  (engine) => apply(loop, [valuesOf(engine, 1), valuesOf(engine, 2)], { steps: 300 }),
  (engine) => {
    const [x, y] = [valuesOf(engine, 1), valuesOf(engine, 2)];
    return repeat(x, { steps: 40 }, (state) => apply(step, [state, y], {}));
  },
  (engine) => { // loops in loops
    const [x, y] = [valuesOf(engine, 1), valuesOf(engine, 2)];
    return repeat(x, { steps: 3 }, (outer) => apply(loop, [repeat(outer, { steps: 6 }, (state) => apply(step, [state, y], {})), y], { steps: 9 }));
  },
];
/** Compile for long on each new device. */
const dear: readonly ((engine: Engine) => Tensor)[] = [
  (engine) => mirrorDescent(weightsOf(engine, 1), { kind: 'alphaDivergence', alpha: 0.5, targets: weightsOf(engine, 2) }, { stepSize: 0.1, steps: 50 }),
  (engine) => mirrorDescent(engine.rows(randomRows(4, 3, 3), { outcomes: 3, form: 'weights' }), { kind: 'alphaDivergence', alpha: -1, targets: weightsOf(engine, 1), components: weightsOf(engine, 2, 3) }, { stepSize: 0.1, steps: 6 }),
];
const runs = [...cheap, ...dear];
const dearEvery = 20;

let faulty: FaultyDevices;
beforeEach(() => {
  faulty = new FaultyDevices();
  faulty.install();
});
afterEach(() => vi.restoreAllMocks());

async function read(engine: Engine, run: (engine: Engine) => Tensor): Promise<{ data: Float32Array; calls: number; dispatches: number; replays: number }> {
  const tensor = run(engine);
  faulty.calls = 0;
  const data = await tensor.read();
  const { dispatches, replays = 0 } = tensor.report;
  faulty.fault = undefined;
  tensor.dispose();
  return { data, calls: faulty.calls, dispatches, replays };
}

function disposeOf(tensor: Tensor): void {
  if (tensor.origin.kind === 'result') tensor.origin.inputs.forEach(disposeOf);
  tensor.dispose();
}

test.each([true, false])('with checkpoints: %s, devices that are lost cost no bit', { timeout: 600_000 }, async (hasCheckpoints) => {
  vi.spyOn(Checkpoints.prototype, 'isDue', 'get').mockReturnValue(hasCheckpoints);
  const engine = await openEngine({ backend: 'webgpu' });
  const clean: Awaited<ReturnType<typeof read>>[] = [];
  for (const run of runs) {
    await read(engine, run); // once to compile
    clean.push(await read(engine, run));
  }
  const at = fc.tuple(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.constantFrom('destroy before' as const, 'destroy after' as const));
  let lost = 0;
  await fc.assert(fc.asyncProperty(at, async ([any, point, how]) => {
    const index = lost++ % dearEvery === 0 ? cheap.length + any % dear.length : any % cheap.length;
    const { data, calls } = clean[index]!;
    faulty.fault = { call: Math.floor(0.9 * point * calls), how };
    const under = await read(engine, runs[index]!);
    expect(under.data).toEqual(data);
    expect(under.replays).toBeGreaterThan(0);
  }), { numRuns: losses / 2, seed: 7, endOnFailure: true });
  await engine[Symbol.asyncDispose]();
  expect(faulty.devices.length).toBe(losses / 2 + 1);
  expect(faulty.buffers.size).toBe(0);
  expect(faulty.errors).toEqual([]);
});

test.each([1, 2])('a run begun anew makes only the steps since the last checkpoint: loop %i', async (index) => {
  const all = await openEngine({ backend: 'webgpu' });
  const { data, dispatches } = await read(all, cheap[index]!);
  await all[Symbol.asyncDispose]();
  vi.spyOn(Checkpoints.prototype, 'isDue', 'get').mockReturnValue(true);
  const engine = await openEngine({ backend: 'webgpu' });
  const { calls } = await read(engine, cheap[index]!);
  faulty.fault = { call: Math.floor(0.85 * calls), how: 'destroy before' };
  const again = await read(engine, cheap[index]!);
  expect(again.data).toEqual(data);
  expect(again.replays).toBe(1);
  expect(again.dispatches).toBeLessThan(dispatches / 2);
  await engine[Symbol.asyncDispose]();
});

test.each(['webgpu', 'cpu'] as const)('on %s a loop tells how far it is, and an abort ends it', async (backend) => {
  using engine = await openEngine({ backend });
  const calls: [number, number][] = [];
  const whole = cheap[1]!(engine);
  await whole.read({ onProgress: (...call) => calls.push(call) });
  expect(calls.length).toBeGreaterThanOrEqual(40);
  calls.forEach(([done, total], k) => {
    expect(total).toBe(calls[0]![1]);
    expect(done).toBeGreaterThan(calls[k - 1]?.[0] ?? -1);
  });
  expect(calls.at(-1)![0]).toBe(calls.at(-1)![1]);
  const { used } = await engine.memory();
  for (let round = 0; round < 3; round++) {
    const control = new AbortController();
    const tensor = cheap[1]!(engine);
    const run = tensor.read({ signal: control.signal, onProgress: (done, total) => { if (2 * done > total) control.abort('enough'); } });
    await expect(run).rejects.toBe('enough');
    disposeOf(tensor);
  }
  await expect.poll(async () => (await engine.memory()).used).toBe(used);
});
