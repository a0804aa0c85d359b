/** What a page that embeds the library does, for pages.node.test.ts: engines on the page and in its workers, and a stream of what it fetches. */
import { hellingerDistance, klDivergence, openEngine, rowChunks, type Backend, type Engine, type Tensor } from '../../src/index.ts';
import { randomRows } from './random-rows.ts';

const [rows, outcomes] = [300, 20];
const form = 'weights';

export interface Embedding {
  /** Where each answer was computed; of the CPU, by what. */
  readonly places: readonly string[];
  /** The worst relative error against the reference. */
  readonly worst: number;
  /** What the policy of the page forbade. */
  readonly violations: readonly string[];
}

export interface WorkerAnswer {
  readonly place: string;
  readonly numbers: Float32Array;
}

const violations: string[] = [];
globalThis.document?.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective} ${blockedURI}`));

function divergenceOf(engine: Engine, data = randomRows(rows, outcomes, 1)): Tensor {
  return klDivergence(engine.rows(data, { outcomes, form }), engine.rows(randomRows(1, outcomes, 2), { outcomes, form }));
}

export async function compute(backend: Backend): Promise<WorkerAnswer> {
  using engine = await openEngine({ backend }, { pool: { workers: 0 } }); // how many would have a part in it depends on the machine
  const divergence = divergenceOf(engine);
  const numbers = await divergence.read();
  const { backend: place, adapter } = divergence.report;
  return { place: `${place} ${place === 'cpu' ? adapter : ''}`.trim(), numbers };
}

async function embedding(answers: readonly WorkerAnswer[]): Promise<Embedding> {
  const { numbers: expected } = await compute('reference');
  const errors = answers.flatMap(({ numbers }) => Array.from(expected, (x, row) => Math.abs(numbers[row]! / x - 1)));
  return { places: answers.map(({ place }) => place), worst: Math.max(...errors), violations };
}

async function onPage(backend: Backend): Promise<Embedding> {
  return embedding([await compute(backend)]);
}

/** Rows that the server sends in pieces. */
async function fetched(backend: Backend): Promise<Embedding> {
  using engine = await openEngine({ backend });
  const numbers: number[] = [];
  const { body } = await fetch('/rows.f32');
  for await (const part of engine.stream(rowChunks(body!, { outcomes, rowsPerChunk: 70 }), (chunk) => divergenceOf(engine, chunk))) numbers.push(...part);
  return await embedding([{ place: engine.info.backend, numbers: Float32Array.from(numbers) }]);
}

/** Two engines read at the same time; one is disposed of while the other goes on. */
async function sideBySide(backend: Backend): Promise<Embedding> {
  using first = await openEngine({ backend: 'webgpu' });
  const second = await openEngine({ backend });
  const many = (engine: Engine): Promise<Float32Array>[] => Array.from({ length: 12 }, () => divergenceOf(engine).read());
  const [ofFirst, ofSecond] = [many(first), many(second)];
  const ended = Promise.allSettled(ofSecond);
  await ofSecond[0];
  second.dispose();
  const distance = await hellingerDistance(first.rows([[0.5, 0.5]], { outcomes: 2 }), first.rows([[0.5, 0.5]], { outcomes: 2 })).read();
  if (distance[0] !== 0) throw new Error(`The distance of a distribution from itself is ${distance[0]}`);
  const kept = (await ended).flatMap((end) => (end.status === 'fulfilled' ? end.value : []));
  return await embedding([...await Promise.all(ofFirst), ...kept].map((numbers, index) => ({ place: index < 12 ? first.info.backend : second.info.backend, numbers })));
}

async function inWorker(backend: Backend): Promise<Embedding> {
  const worker = new Worker(`/engine-worker.js?${location.pathname}`, { type: 'module' });
  const answer = await new Promise<WorkerAnswer | string>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer | string>) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(`The worker fails: ${message}`)));
    worker.postMessage(backend);
  }).finally(() => worker.terminate());
  if (typeof answer === 'string') throw new Error(answer);
  return embedding([answer]);
}

export const embeddings: Readonly<Record<'onPage' | 'fetched' | 'sideBySide' | 'inWorker', (backend: Backend) => Promise<Embedding>>> = { onPage, fetched, sideBySide, inWorker };
