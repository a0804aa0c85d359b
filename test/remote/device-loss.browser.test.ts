/** What befalls the device in the worker is told on this side. */
import { expect, test } from 'vitest';
import losing from 'virtual:script/test/remote/losing-worker.ts';
import { openEngine as openHere } from '../../src/open.ts';
import { klDivergence, openEngine } from '../../src/worker.ts';
import { randomRows } from '../engine/random-rows.ts';
import { workerOf } from './engine-worker.ts';

test('a lost device: the run is done again, and its events come through', async () => {
  using engine = await openEngine({ backend: 'webgpu', worker: () => workerOf(losing) });
  using here = await openHere({ backend: 'webgpu' });
  const events: [string, object][] = [];
  for (const name of ['devicelost', 'recovered', 'fallback'] as const) engine.on(name, (event) => events.push([name, event]));
  const [far, near] = [engine, here].map((each) => {
    const [p, q] = [1, 2].map((seed) => each.rows(randomRows(3, 8, seed), { outcomes: 8, form: 'weights' }));
    return klDivergence(p!, q!);
  });
  expect(await far!.read()).toEqual(await near!.read());
  expect(far!.report).toMatchObject({ backend: 'webgpu', replays: 1 });
  const { adapter } = here.info;
  expect(events).toEqual([
    ['devicelost', { reason: expect.any(String) as string, adapter }],
    ['recovered', { adapter, attempts: 1 }],
  ]);
});
