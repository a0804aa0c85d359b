/** Which place a selector takes, after runs that are said to have taken so long. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendSelector, type Choice } from '../../src/engine/backend-selector.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { FastPath } from '../../src/engine/fast-path.ts';
import type { RunReport } from '../../src/engine/report.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import type { WebGpuBackend } from '../../src/engine/webgpu/backend.ts';
import { klDivergence } from '../../src/index.ts';

const device = { resident: () => undefined } as unknown as WebGpuBackend;
const fast: FastPath = { plan: () => [], rate: () => Promise.resolve(undefined), read: () => Promise.resolve(undefined), destroy: () => undefined };
let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu' }); });
afterAll(() => engine.dispose());

function divergence(rows: number): Tensor {
  const p = engine.rows(new Float32Array(rows * 256), { outcomes: 256 });
  return klDivergence(p, p);
}

type Took = Readonly<Record<Choice['place'], number>>;

const reportOf = (backend: Choice['place'], total: number): RunReport => ({ operation: '', shape: [], backend, adapter: '', reason: 'that of the run', chunks: 1, dispatches: 0, bytesUp: 0, bytesDown: 0, milliseconds: { total } });

async function runs(selector: BackendSelector, rows: number, took: Took, count: number): Promise<readonly Choice['place'][]> {
  const places: Choice['place'][] = [];
  const tensor = divergence(rows);
  for (let run = 0; run < count; run++) {
    const choice = await selector.choose(tensor, device, 'an adapter');
    const begun = selector.begin();
    selector.end(begun, choice, reportOf(choice.place, took[choice.place]), 0);
    places.push(choice.place);
  }
  return places;
}

const share = (places: readonly string[], place: string): number => places.filter((each) => each === place).length / places.length;

describe('learns which place is better', () => {
  test.each<[string, number, Took, Choice['place']]>([
    ['a CPU that is slower than assumed', 4096, { cpu: 300, webgpu: 20 }, 'webgpu'],
    ['a device that is slower than assumed', 4096, { cpu: 6, webgpu: 400 }, 'cpu'],
    ['a CPU that is faster than assumed', 4096, { cpu: 2, webgpu: 8 }, 'cpu'],
    ['little work that takes long', 16, { cpu: 40, webgpu: 3 }, 'webgpu'],
    ['a device that is a little better', 65_536, { cpu: 130, webgpu: 100 }, 'webgpu'],
  ])('%s', async (_, rows, took, better) => {
    const selector = new BackendSelector(fast, false);
    await runs(selector, rows, took, 30);
    expect(share(await runs(selector, rows, took, 200), better)).toBeGreaterThanOrEqual(0.97);
  });

  test('and again when that changes', async () => {
    const selector = new BackendSelector(fast, false);
    await runs(selector, 4096, { cpu: 10, webgpu: 40 }, 100);
    await runs(selector, 4096, { cpu: 100, webgpu: 40 }, 50);
    expect(share(await runs(selector, 4096, { cpu: 100, webgpu: 40 }, 100), 'webgpu')).toBeGreaterThanOrEqual(0.97);
  });

  test('by one run that takes longer than anything takes to compile', async () => {
    const selector = new BackendSelector(fast, false);
    const places = await runs(selector, 65_536, { cpu: 130, webgpu: 60_000 }, 50);
    expect(places.filter((place) => place === 'webgpu').length).toBeLessThanOrEqual(1);
    const compiling = new BackendSelector(fast, false);
    await runs(compiling, 65_536, { cpu: 300, webgpu: 1900 }, 1); // or by as much as that
    expect(share(await runs(compiling, 65_536, { cpu: 300, webgpu: 60 }, 200), 'webgpu')).toBeGreaterThanOrEqual(0.9);
  });

  test('one size says little of another', async () => {
    const selector = new BackendSelector(fast, false);
    await runs(selector, 1024, { cpu: 3, webgpu: 9 }, 100);
    await runs(selector, 65_536, { cpu: 600, webgpu: 60 }, 50);
    expect(share(await runs(selector, 65_536, { cpu: 600, webgpu: 60 }, 100), 'webgpu')).toBeGreaterThanOrEqual(0.97);
    expect(share(await runs(selector, 1024, { cpu: 3, webgpu: 9 }, 100), 'cpu')).toBeGreaterThanOrEqual(0.97);
  });

  test('tries cost little beside what runs cost anyway', async () => {
    const took = { cpu: 10, webgpu: 30 };
    const selector = new BackendSelector(fast, false);
    const places = await runs(selector, 4096, took, 1000);
    expect(places.reduce((sum, place) => sum + took[place], 0)).toBeLessThan(1.1 * 1000 * took.cpu);
  });

  test('a place that is known to be far slower is not tried again', async () => {
    const selector = new BackendSelector(fast, false);
    await runs(selector, 4096, { cpu: 10, webgpu: 500 }, 200);
    expect(new Set(await runs(selector, 4096, { cpu: 10, webgpu: 500 }, 300))).toEqual(new Set(['cpu']));
  });
});

test('runs that share the machine teach nothing', async () => {
  const selector = new BackendSelector(fast, false);
  const predicted = async (): Promise<unknown> => (await selector.choose(divergence(4096), device, '')).predicted;
  const before = await predicted();
  for (let round = 0; round < 10; round++) {
    const choices = [await selector.choose(divergence(4096), device, ''), await selector.choose(divergence(4096), device, '')];
    const begun = choices.map(() => selector.begin());
    for (const [index, run] of begun.entries()) selector.end(run, choices[index]!, reportOf(choices[index]!.place, 1000), 0);
  }
  expect(await predicted()).toEqual(before);
});

test('a run that failed, was begun anew or ended elsewhere teaches nothing', async () => {
  const selector = new BackendSelector({ ...fast, plan: () => 'none' }, false);
  const choose = async (): Promise<Choice> => selector.choose(divergence(65_536), device, '');
  const choice = await choose();
  expect(choice).toMatchObject({ place: 'webgpu', reason: expect.stringMatching(/^\S+ ms are predicted on the CPU and \S+ ms on WebGPU$/) as string });
  for (const report of [undefined, reportOf('cpu', 1000), { ...reportOf('webgpu', 1000), replays: 1 }]) selector.end(selector.begin(), choice, report, 0);
  expect((await choose()).predicted).toEqual(choice.predicted);
  for (let run = 0; run < 3; run++) selector.end(selector.begin(), choice, reportOf('webgpu', 1000), 0);
  expect((await choose()).predicted).not.toEqual(choice.predicted);
});

test('what is obvious is said at once, without a word to the device', () => {
  const selector = new BackendSelector(fast, true);
  const choice = selector.choose(divergence(1), {} as WebGpuBackend, '');
  expect(choice).toMatchObject({ place: 'cpu', predicted: { cpu: expect.any(Number) as number }, reason: 'the CPU is predicted to be done before a GPU could answer' });
});
