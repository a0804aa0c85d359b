/** What a page computes for pages.node.test.ts. */
import { klDivergence, openEngine, type Engine } from '../../src/index.ts';
import { embeddings } from './embedding.ts';
import { randomRows } from './random-rows.ts';

const [rows, outcomes] = [4000, 101];
const [p, q] = [randomRows(rows, outcomes, 1), randomRows(rows, outcomes, 2)];

async function read(engine: Engine): Promise<{ adapter: string; divergences: Float32Array }> {
  const divergence = klDivergence(engine.rows(p, { outcomes, form: 'weights' }), engine.rows(q, { outcomes, form: 'weights' }));
  const divergences = await divergence.read();
  return { adapter: divergence.report.adapter, divergences };
}

/** Computes until the adapter is what the pattern says, for workers need time to start, or to fail. */
async function visit(worker: string, pattern: string): Promise<{ isolated: boolean; adapter: string; differences: number }> {
  const makeWorker = (): Worker => new Worker(worker, { type: 'module' });
  using engine = await openEngine({ backend: 'cpu', ...(worker && { worker: makeWorker }) }, { pool: { workers: 1, worthwhile: 0, startAfter: 0 } });
  using alone = await openEngine({ backend: 'cpu' }, { pool: { workers: 0 } });
  const expected = (await read(alone)).divergences;
  let differences = 0;
  for (const end = performance.now() + 200_000;;) {
    const { adapter, divergences } = await read(engine);
    differences += divergences.filter((x, row) => x !== expected[row]).length;
    if (new RegExp(pattern).test(adapter) || performance.now() > end) return { isolated: crossOriginIsolated, adapter, differences };
  }
}

Object.assign(globalThis, { visit, ...embeddings });
