/** Loops of millions of steps: in memory that does not grow with them, with turns of the event loop in between, and to be aborted at any time. */
import { expect, test } from 'vitest';
import type { Backend } from '../../src/engine/report.ts';
import { mirrorDescent, openEngine } from '../../src/index.ts';

const bytes = 128 * 2 ** 20;
/** Milliseconds: many times what a turn takes on a machine with nothing else to do. */
const [longestMeanTurn, longestAbort] = [100, 1000];
const places: readonly [backend: Backend, steps: number][] = [['cpu', 1e7], ['webgpu', 1e7], ['reference', 1e6]];

/** Watches the thread while something runs: how often its event loop turns, and how much memory JavaScript takes at most. */
async function watched<T>(run: Promise<T>): Promise<{ readonly result: T; readonly meanTurn: number; readonly grown: number }> {
  const [start, before] = [performance.now(), process.memoryUsage().heapUsed];
  let [turns, most] = [1, before];
  const timer = setInterval(() => {
    turns++;
    most = Math.max(most, process.memoryUsage().heapUsed);
  }, 1);
  const result = await run.finally(() => clearInterval(timer));
  return { result, meanTurn: (performance.now() - start) / turns, grown: most - before };
}

test.each(places)('on %s %i steps of a row take no more memory than one, and leave the thread to others', async (backend, steps) => {
  using engine = await openEngine({ backend });
  const [p, targets] = [[0.9, 0.1], [0.3, 0.7]].map((row) => engine.rows([row], { outcomes: 2 }));
  const descent = mirrorDescent(p!, { kind: 'alphaDivergence', alpha: -1, targets: targets! }, { stepSize: 100 / steps, steps });
  const { result, meanTurn, grown } = await watched(descent.read());
  expect(result[0]).toBeCloseTo(0.3, 5);
  expect(meanTurn).toBeLessThan(longestMeanTurn);
  expect(grown).toBeLessThan(bytes);
}, 180_000);

test.each(places)('on %s an abort ends them at once', async (backend) => {
  using engine = await openEngine({ backend });
  const [p, targets] = [[0.9, 0.1], [0.3, 0.7]].map((row) => engine.rows([row], { outcomes: 2 }));
  const descent = mirrorDescent(p!, { kind: 'alphaDivergence', alpha: -1, targets: targets! }, { stepSize: 1e-9, steps: 1e9 });
  const controller = new AbortController();
  let aborted = 0;
  setTimeout(() => {
    aborted = performance.now();
    controller.abort();
  }, 300);
  await expect(descent.read({ signal: controller.signal })).rejects.toThrow(/abort/i);
  expect(performance.now() - aborted).toBeLessThan(longestAbort);
  expect((await engine.memory()).used).toBeLessThan(2 ** 20);
}, 60_000);
