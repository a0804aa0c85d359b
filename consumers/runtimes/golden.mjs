// The golden values on every backend that there is, in threads, and in a worker: for Node, Deno and Bun.
import { readFileSync } from 'node:fs';
import * as dually from 'dually';
import * as remote from 'dually/worker';
import { check, checkThreads } from './right.js';

const { alphaDivergence, chernoffInformation, bhattacharyyaDivergence, hellingerDistance, jensenShannonDivergence, klDivergence, maxDivergence, renyiDivergence, reverseKlDivergence, tsallisDivergence } = dually;
const plain = (divergence) => (p, q) => divergence(p, q);
const operations = {
  alpha: (p, q, { alpha }) => alphaDivergence(p, q, { alpha }),
  kl: plain(klDivergence),
  'reverse-kl': plain(reverseKlDivergence),
  hellinger: plain(hellingerDistance),
  bhattacharyya: plain(bhattacharyyaDivergence),
  chernoff: plain(chernoffInformation),
  max: plain(maxDivergence),
  'jensen-shannon': plain(jensenShannonDivergence),
  renyi: (p, q, { beta }) => renyiDivergence(p, q, { order: beta }),
  tsallis: (p, q, { beta }) => tsallisDivergence(p, q, { order: beta }),
};
const { cases } = JSON.parse(readFileSync(new URL('divergences.json', import.meta.url), 'utf8'));
const known = cases.filter(({ kind, p }) => kind in operations && p.length > 1);

async function golden(backend) {
  const engine = await dually.openEngine({ backend });
  const tried = known.filter((_, index) => backend !== 'webgpu' || index % 5 === 0); // each compiles a kernel
  const errors = await Promise.all(tried.map(async (c) => {
    const [p, q] = [c.p, c.q].map((row) => engine.rows([row], { outcomes: row.length, form: 'weights' }));
    const [got] = await operations[c.kind](p, q, c).read();
    const right = Math.fround(Number(c.expected)) === Infinity ? Infinity : Number(c.expected);
    return { ...c, got, ulps: got === right ? 0 : Math.abs(got - right) / Math.max(Math.abs(right), 2 ** -126) / 2 ** -23 };
  }));
  const wrong = errors.filter(({ kind, tolUlp = 4, ulps }) => !(ulps <= (kind === 'chernoff' ? 5 : tolUlp)));
  if (wrong.length > 0) throw new Error(wrong.map(({ id, got, expected, ulps }) => `${backend} ${id}: ${got} for ${expected}, ${ulps} ulp`).join('\n'));
  engine.dispose();
  return `${tried.length} on ${engine.info.adapter}`;
}

const worker = () => {
  const url = new URL(import.meta.resolve('dually/engine-worker'));
  return typeof Worker === 'function' ? new Worker(url, { type: 'module' }) : new (process.getBuiltinModule('node:worker_threads').Worker)(url);
};

const places = [];
for (const backend of ['webgpu', 'cpu', 'reference']) {
  places.push(await golden(backend).catch((error) => {
    if (error.code !== 'backend-unavailable' || process.argv.includes('--gpu')) throw error;
    return `no WebGPU: ${error.got}`;
  }));
}
places.push(await checkThreads(() => dually.openEngine({ backend: 'cpu' }), dually));
places.push(`worker ${await check(() => remote.openEngine({ worker }), remote)}`);
await dually.openEngine(); // not disposed of: it keeps no process alive
console.log(places.join('; '));
