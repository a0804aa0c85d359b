/** Ten thousand random calls, right and wrong ones, many at a time and disturbed in many ways: each ends in a right result or a typed error. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callSpecs, everyName, fewNames } from './fuzz/calls.ts';
import { problemsOf } from './fuzz/scenario.ts';
import { Station, type StationName } from './fuzz/stations.ts';

/** Browsers answer more slowly, Firefox 100 ms after each question to the GPU. */
const { userAgent } = navigator;
const part = userAgent.startsWith('Node') ? 1 : userAgent.includes('Firefox') ? 0.015 : 0.1;
/** A little less than there are in a list of up to so many, in the mean. */
const [mostAtOnce, meanAtOnce] = [12, 5];

const stations = new Map<StationName, Station>();
beforeAll(async () => { for (const name of ['reference', 'cpu', 'webgpu'] as const) stations.set(name, await Station.open(name)); });
afterAll(() => Promise.all([...stations.values()].map((station) => station.close())));

test.each([
  { what: 'any operation, on the CPU', calls: 4500, names: everyName, backends: ['reference', 'cpu'] },
  { what: 'a few operations, on the GPU too', calls: 5000, names: fewNames, backends: ['reference', 'cpu', 'webgpu'] },
  { what: 'any operation, on the GPU too', calls: 600, names: everyName, backends: ['reference', 'cpu', 'webgpu'] },
] as const)('$what: random calls end in a right result or a typed error', async ({ calls, names, backends }) => {
  const wanted = calls * part;
  const here = backends.map((name) => stations.get(name)!);
  const sideBySide = fc.array(callSpecs(names), { minLength: 1, maxLength: mostAtOnce, size: 'max' });
  let made = 0;
  await fc.assert(fc.asyncProperty(sideBySide, async (specs) => {
    made += specs.length * here.length;
    expect(await problemsOf(here, specs)).toEqual([]);
  }), { seed: 2026, numRuns: Math.ceil(wanted / (meanAtOnce * here.length)) + 2 });
  expect(made).toBeGreaterThanOrEqual(wanted);
}, 600_000);
