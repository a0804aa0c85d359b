/** Long work on the CPU leaves the thread to its page: it gives the event loop turns, and the page its frames. */
import { expect, onTestFinished, test } from 'vitest';
import { yieldToEventLoop } from '../../src/engine/event-loop.ts';
import { alphaDivergenceMatrix, fisherInformation, hellingerDistance, klDivergence, mirrorDescent, openEngine, renyiDivergence, type Engine, type EngineOptions, type Tensor } from '../../src/index.ts';
import { randomRows } from './random-rows.ts';

/** Each work takes dozens of times as long as it may hold the thread, on a slow or busy machine too, for then both are longer. The best of some rounds is taken, since other processes hold threads longer than we do. */
const rounds = 50;
/** How much of a work may pass without a turn. Without yielding it is nearly all, or all of a part that takes half of the time. */
const longestShare = 0.3;
/** The same of frames, which come no more often than the screen shows them. */
const longestShareOfFrames = 0.5;

const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);

/** The longest stretch of some work in which what is waited for again and again did not come, as a share of the whole. */
async function longestWait(work: () => Promise<unknown>, next: () => Promise<unknown>): Promise<number> {
  let [longest, isOver] = [0, false];
  await next();
  const start = performance.now();
  const watch = (async (): Promise<void> => {
    for (let before = start; !isOver;) {
      await next();
      const now = performance.now();
      longest = Math.max(longest, now - before);
      before = now;
    }
  })();
  await work();
  isOver = true;
  await watch;
  return longest / (performance.now() - start);
}

async function bestOfRounds(work: () => Promise<unknown>, next: () => Promise<unknown>, enough: number): Promise<number> {
  let best = 1;
  for (let round = 0; round < rounds && best > enough; round++) best = Math.min(best, await longestWait(work, next));
  return best;
}

const outcomes = 256;
/** Halves that are all widened before the first row is found to have a negative weight. */
const halves = (rows: number): Uint16Array => new Uint16Array(rows * outcomes).fill(0xbc00);

/** The same few rows over and over, for to draw many takes longer than to compute with them. */
function many(rows: number, seed: number): Float32Array<ArrayBuffer> {
  const some = randomRows(Math.min(rows, 64), outcomes, seed);
  const data = new Float32Array(rows * outcomes);
  for (let from = 0; from < data.length; from += some.length) data.set(some.subarray(0, data.length - from), from);
  return data;
}

const weights = (engine: Engine, rows: number, seed = 1): Tensor => engine.rows(many(rows, seed), { outcomes, form: 'weights' });

/** All rows are looked at until the last, which has a negative weight. */
function badAtTheEnd(engine: Engine, rows: number): Tensor {
  const data = many(rows, 1);
  data[data.length - 1] = -1;
  return engine.rows(data, { outcomes, form: 'weights' });
}

const divergencesOfMany = (engine: Engine): (() => Tensor) => {
  const [p, q] = [weights(engine, 65_536, 1), weights(engine, 65_536, 2)];
  return () => klDivergence(p, q);
};

const works: [string, EngineOptions & { workers?: number }, (engine: Engine) => () => Tensor][] = [
  ['divergences of many rows', { backend: 'cpu' }, divergencesOfMany],
  ['the same with a worker', { backend: 'cpu', workers: 1 }, divergencesOfMany],
  ['halves', { backend: 'cpu' }, (engine) => {
    const p = engine.rows(halves(65_536), { outcomes, form: 'weights', storage: 'f16' });
    return () => klDivergence(p, p);
  }],
  ['all pairs', { backend: 'cpu' }, (engine) => {
    const p = weights(engine, 2500);
    return () => alphaDivergenceMatrix(p, p, { alpha: 0.5 });
  }],
  ['a descent', { backend: 'cpu' }, (engine) => {
    const [p, targets] = [weights(engine, 256, 1), weights(engine, 256, 2)];
    return () => mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets }, { stepSize: 0.1, steps: 1000 });
  }],
  ['a bad row at the end', { backend: 'cpu' }, (engine) => {
    const p = badAtTheEnd(engine, 65_536);
    return () => hellingerDistance(p, p);
  }],
  ['the reference', { backend: 'reference' }, (engine) => {
    const [p, q] = [weights(engine, 2000, 1), weights(engine, 2000, 2)];
    return () => renyiDivergence(p, q, { order: 0.7 });
  }],
  ['all pairs by the reference, whose first row takes long', { backend: 'reference' }, (engine) => {
    const [p, q] = [weights(engine, 2, 1), weights(engine, 1024, 2)];
    return () => alphaDivergenceMatrix(p, q, { alpha: 0.5 });
  }],
  ['a long row of the reference', { backend: 'reference' }, (engine) => {
    const [p, targets] = [weights(engine, 1, 1), weights(engine, 1, 2)];
    return () => mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets }, { stepSize: 0.01, steps: 4000 });
  }],
  ['Fisher information by the reference', { backend: 'reference' }, (engine) => {
    const p = weights(engine, 200);
    return () => fisherInformation(p, { coordinates: 'logits' });
  }],
  ['a bad row at the end of the reference', { backend: 'reference' }, (engine) => {
    const p = badAtTheEnd(engine, 65_536);
    return () => klDivergence(p, p);
  }],
  ['certificates', { backend: 'cpu', check: 'all' }, (engine) => {
    const [p, q] = [weights(engine, 4000, 1), weights(engine, 4000, 2)];
    return () => klDivergence(p, q);
  }],
];

test.each(works)('%s', async (_, { workers = 0, ...options }, prepare) => {
  const engine = await openEngine(options, { pool: { workers, worthwhile: 0, startAfter: 0 } });
  onTestFinished(() => engine.dispose());
  const make = prepare(engine);
  const work = async (): Promise<string | undefined> => {
    using tensor = make();
    const got = await tensor.read().catch((thrown: unknown) => thrown);
    if (got instanceof Float32Array) return tensor.report.adapter;
    expect(got).toMatchObject({ code: 'domain' });
    return undefined;
  };
  for (let adapter = await work(); workers > 0 && !adapter!.endsWith('threads');) adapter = await work(); // it takes time to start
  expect(await bestOfRounds(work, yieldToEventLoop, longestShare)).toBeLessThanOrEqual(longestShare);
  if (typeof requestAnimationFrame === 'function') expect(await bestOfRounds(work, frame, longestShareOfFrames)).toBeLessThanOrEqual(longestShareOfFrames);
});
