/** What a page does with an engine in a worker, for pages.node.test.ts. */
import { klDivergence, openEngine, renyiDivergence, type Engine, type Tensor, type WorkerLostError } from '../../src/worker.ts';
import { randomRows } from '../engine/random-rows.ts';

const outcomes = 1024;
const worker = (): Worker => new Worker('/engine-worker.js', { type: 'module' });

export interface Visit {
  readonly isolated: boolean;
  readonly backend: string;
  readonly adapter: string;
  readonly divergence: number;
  /** The longest time between two frames that the page draws during a long run on the reference, as a share of the run; of some runs the least. */
  readonly wait: number;
}

async function visit(rows: number): Promise<Visit> {
  using engine = await openEngine({ backend: 'cpu', worker });
  const divergence = klDivergence(engine.rows([[0.5, 0.5]], { outcomes: 2 }), engine.rows([[0.25, 0.75]], { outcomes: 2 }));
  const [value] = await divergence.read();
  using reference = await openEngine({ backend: 'reference', worker });
  return { isolated: crossOriginIsolated, backend: engine.info.backend, adapter: divergence.report.adapter, divergence: value!, wait: await leastWait(reference, rows) };
}

/** Other processes may keep a page from drawing, but hardly again and again. */
async function leastWait(engine: Engine, rows: number): Promise<number> {
  let least = 1;
  for (let round = 0; round < 50 && least > 0.3; round++) least = Math.min(least, await longestWait(engine, rows));
  return least;
}

async function longestWait(engine: Engine, rows: number): Promise<number> {
  const source = (seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights', transfer: true });
  const [p, q] = [source(1), source(2)];
  await new Promise(requestAnimationFrame);
  const start = performance.now();
  let [longest, last, isOver] = [0, start, false];
  const count = (): void => {
    const now = performance.now();
    [longest, last] = [Math.max(longest, now - last), now];
    if (!isOver) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  await renyiDivergence(p, q, { order: 0.7 }).read();
  isOver = true;
  const end = performance.now();
  return Math.max(longest, end - last) / (end - start);
}

/** The code of the error that a page gets whose policy forbids the worker, or that has the wrong address. */
async function fail(address: string): Promise<string> {
  return openEngine({ worker: () => new Worker(address, { type: 'module' }) }).then(() => 'opened', (error: WorkerLostError) => error.code);
}

Object.assign(globalThis, { visit, fail });
