/** Calls side by side, on every backend. */
import type { CallSpec } from './calls.ts';
import { oracle, problemOf } from './outcome.ts';
import type { Station } from './stations.ts';

/** What goes wrong when calls are made side by side, at every station; the first has the reference. */
export async function problemsOf(stations: readonly Station[], specs: readonly CallSpec[]): Promise<string[]> {
  const [reference, ...others] = stations;
  const expected = await Promise.all(specs.map((spec) => oracle(reference!, spec)));
  const calls = stations.flatMap((station) => specs.map(async (spec, index) => {
    const problem = await problemOf(station, station === reference ? others[0]! : reference!, spec, expected[index]!).catch((error: unknown) => `judging it fails: ${String(error)}`);
    return problem === undefined ? [] : [`call ${index} on ${station.name}, an engine '${spec.engine}': ${problem}`];
  }));
  const problems = (await Promise.all(calls)).flat();
  for (const station of stations) problems.push(...(await station.inspect()).map((problem) => `afterwards on ${station.name}: ${problem}`));
  return problems;
}
