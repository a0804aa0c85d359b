/** What every platform has: neither the DOM nor WebGPU nor Node is known here. */
import { CertificateError, DomainError, alphaDivergence, defineFDivergence, divergenceMatrix, klDivergence, nearest, openEngine, rowChunks, valueAndGradient } from 'dually';
import type { Engine, EngineEvents, RowData, RunReport, Tensor } from 'dually';
import * as small from 'dually/webgpu';
import * as remote from 'dually/worker';
import { register } from 'dually/engine-worker';
import 'dually/cpu-worker';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(): T | undefined => undefined;

const engine: Engine = await openEngine({ backend: 'cpu', check: { rows: 'sample', seed: 7, onFailure: 'fallback' } });
const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
const q: Tensor = engine.rows([new Float32Array([0.25, 0.75])], { outcomes: 2, form: 'weights' });
const kl = klDivergence(p, q);
const numbers = await kl.read();
isTrue<Equal<typeof numbers, ReturnType<typeof Float32Array.of>>>();
// @ts-expect-error numbers are of a type, not of any
numbers.nothing();
const first: number | undefined = numbers[0];
const report: RunReport = kl.report;
const seconds: number = kl.report.milliseconds.total;
const data: RowData = await kl.buffer();
engine.rows(data, { outcomes: 2 }).dispose();

// @ts-expect-error the number of outcomes is required
engine.rows([[0.5, 0.5]]);
// @ts-expect-error the worker is required
await remote.openEngine({});
// @ts-expect-error the parameter is required
alphaDivergence(p, q, {});

const same: typeof klDivergence = small.klDivergence;
const again: typeof klDivergence = remote.klDivergence;
const other: Engine = await small.openEngine();
const stop = engine.on('devicelost', ({ reason }: EngineEvents['devicelost']) => reason.length);
stop();

const { values, gradients } = valueAndGradient.split(await valueAndGradient(p, q, { divergence: alphaDivergence, alpha: 0.5, of: 'q' }).read(), 2);
await divergenceMatrix(p, q, { divergence: klDivergence }).read();
await nearest(p, q, { k: 1, divergence: klDivergence }).read();
register(defineFDivergence({ name: 'own', term: ({ excess }) => excess.squared(), atZero: 1, atInfinity: Infinity }));

async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
  yield new Uint8Array(8);
}
for await (const rows of rowChunks(pieces(), { outcomes: 2 })) engine.rows(rows, { outcomes: 2 });
for await (const each of engine.stream(rowChunks(pieces(), { outcomes: 2 }), (rows) => klDivergence(engine.rows(rows, { outcomes: 2 }), q))) {
  const sum: number = each.reduce((total, next) => total + next, 0);
}
try {
  await kl.read();
} catch (error) {
  if (error instanceof DomainError) isTrue<Equal<typeof error.code, 'domain'>>();
  if (error instanceof CertificateError) JSON.stringify(error.reproduction.arguments);
}
await engine[Symbol.asyncDispose]();
export { again, first, gradients, other, report, same, seconds, values };
