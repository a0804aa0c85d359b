/** Which place a selector takes, after runs that are said to have taken so long. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendSelector, mostDecisions, type Choice } from '../../src/engine/backend-selector.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { FastPath } from '../../src/engine/fast-path.ts';
import type { RunReport } from '../../src/engine/report.ts';
import { Tensor } from '../../src/engine/tensor.ts';
import type { WebGpuBackend } from '../../src/engine/webgpu/backend.ts';
import { klDivergence } from '../../src/index.ts';

const device = { resident: () => undefined } as unknown as WebGpuBackend;
const full = { resident: () => ({}) } as unknown as WebGpuBackend;
const fast: FastPath = {
  plan: () => [], rate: () => Promise.resolve(undefined), read: () => Promise.resolve(undefined), destroy: () => undefined,
};
let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu' }); });
afterAll(() => engine.dispose());

/** Of rows without numbers, which nobody reads. */
function divergence(rows: number): Tensor {
  const p = new Tensor(engine, [rows, 256], 'probabilities', { kind: 'source', data: new Float32Array(), trusted: true });
  return klDivergence(p, p);
}

type Place = Choice['place'];
type Took = Readonly<Record<Place, number>>;

const reportOf = (backend: Place, total: number): RunReport => ({
  operation: '', shape: [], backend, adapter: '', reason: 'that of the run', chunks: 1, dispatches: 0, bytesUp: 0, bytesDown: 0,
  milliseconds: { total },
});

async function run(selector: BackendSelector, rows: number, took: Took, on = device): Promise<Choice> {
  const choice = await selector.choose(divergence(rows), on, 'an adapter');
  selector.end(selector.begin(), choice, reportOf(choice.place, took[choice.place]), 0);
  return choice;
}

async function runs(selector: BackendSelector, rows: number, took: Took, count: number): Promise<readonly Place[]> {
  const places: Place[] = [];
  while (places.length < count) places.push((await run(selector, rows, took)).place);
  return places;
}

describe('a call keeps its place', () => {
  const sizes = fc.integer({ min: 1, max: 64 }).map((n) => 256 * n * n);
  const anyTime = fc.double({ min: 0.01, max: 1e4, noNaN: true });
  const step = fc.record({ rows: sizes, took: fc.record({ cpu: anyTime, webgpu: anyTime }), isHeld: fc.boolean() });

  test('whatever runs take, whatever is held, and whatever else is read', async () => {
    const seen = new Set<Place>();
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const selector = new BackendSelector(fast, false);
      const chosen = new Map<number, Choice>();
      for (const { rows, took, isHeld } of [...steps, ...steps]) {
        const { place, reason, predicted } = await run(selector, rows, took, isHeld ? full : device);
        seen.add(place);
        expect({ place, reason, predicted }).toMatchObject(chosen.get(rows) ?? {});
        if (!chosen.has(rows)) chosen.set(rows, { place, reason, predicted } as Choice);
      }
    }));
    expect(seen.size).toBe(2);
  });

  test('also when there are more calls than are remembered', async () => {
    const selector = new BackendSelector(fast, false);
    const rowsOf = (call: number): number => 2048 + 16 * (mostDecisions + 500 - call); // those not remembered are on the brink
    const calls = Array.from({ length: mostDecisions + 500 }, (_, call) => call);
    const round = async (took: Took, on: WebGpuBackend): Promise<readonly Place[]> => {
      const places: Place[] = [];
      for (const call of calls) places.push((await run(selector, rowsOf(call), took, on)).place);
      return places;
    };
    const first = await round({ cpu: 30, webgpu: 30 }, device);
    expect(new Set(first).size).toBe(2);
    expect(await round({ cpu: 0.1, webgpu: 1000 }, full)).toEqual(first);
    expect(await round({ cpu: 1000, webgpu: 0.1 }, full)).toEqual(first);
  });
});

describe('calls to come are judged by the runs before', () => {
  test.each<[string, number, Took, Place]>([
    ['a CPU that is slower than assumed', 4096, { cpu: 300, webgpu: 20 }, 'webgpu'],
    ['a device that is slower than assumed', 65_536, { cpu: 6, webgpu: 4000 }, 'cpu'],
  ])('%s', async (_, rows, took, better) => {
    const selector = new BackendSelector(fast, false);
    expect(new Set(await runs(selector, rows, took, 10)).size).toBe(1);
    expect((await run(selector, rows + 1, took)).place).toBe(better);
  });

  test('without being taken far by one that was slow', async () => {
    const selector = new BackendSelector(fast, false);
    const { predicted } = await run(selector, 4096, { cpu: 10, webgpu: 10 });
    await run(selector, 4096, { cpu: 1e6, webgpu: 1e6 });
    const next = await run(selector, 4097, { cpu: 10, webgpu: 10 });
    const ratios = [next.predicted.cpu! / predicted.cpu!, next.predicted.webgpu! / predicted.webgpu!];
    expect(Math.max(...ratios)).toBeLessThan(2.01);
  });
});

/** What is predicted for a call that nobody has made yet. */
async function predictedBy(selector: BackendSelector): Promise<Choice['predicted']> {
  return (await selector.choose(divergence(5000), device, '')).predicted;
}

test('runs that share the machine teach nothing', async () => {
  const [selector, untaught] = [new BackendSelector(fast, false), new BackendSelector(fast, false)];
  for (let round = 0; round < 10; round++) {
    const choices = [await selector.choose(divergence(4096), device, ''), await selector.choose(divergence(4096), device, '')];
    const begun = choices.map(() => selector.begin());
    for (const [index, id] of begun.entries()) selector.end(id, choices[index]!, reportOf(choices[index]!.place, 1000), 0);
  }
  expect(await predictedBy(selector)).toEqual(await predictedBy(untaught));
});

test('a run that failed, was begun anew or ended elsewhere teaches nothing', async () => {
  const open = (): BackendSelector => new BackendSelector({ ...fast, plan: () => 'none' }, false);
  const [selector, taught] = [open(), open()];
  const choice = await selector.choose(divergence(65_536), device, '');
  const reason = expect.stringMatching(/^\S+ ms are predicted on the CPU and \S+ ms on WebGPU$/) as string;
  expect(choice).toMatchObject({ place: 'webgpu', reason });
  const teach = (pupil: BackendSelector, report?: RunReport): void => pupil.end(pupil.begin(), choice, report, 0);
  for (let each = 0; each < 3; each++) {
    for (const report of [undefined, reportOf('cpu', 1000), { ...reportOf('webgpu', 1000), replays: 1 }]) teach(selector, report);
    teach(taught, reportOf('webgpu', 1000));
  }
  const untaught = await predictedBy(open());
  expect(await predictedBy(selector)).toEqual(untaught);
  expect(await predictedBy(taught)).not.toEqual(untaught);
});

test('what is obvious is said at once, without a word to the device', () => {
  const selector = new BackendSelector(fast, true);
  const choice = selector.choose(divergence(1), {} as WebGpuBackend, '');
  expect(choice).toMatchObject({ place: 'cpu', predicted: { cpu: expect.any(Number) as number }, reason: 'the CPU is predicted to be done before a GPU could answer' });
});
