/** What a page has. */
import { klDivergence, openEngine, rowChunks } from 'dually';
import { openEngine as openRemote } from 'dually/worker';

const control = new AbortController();
const engine = await openEngine({ worker: () => new Worker(new URL('dually/cpu-worker', import.meta.url), { type: 'module' }) });
const remote = await openRemote({ worker: () => new Worker(new URL('dually/engine-worker', import.meta.url), { type: 'module' }) });
const p = engine.rows(new Float32Array([0.5, 0.5]), { outcomes: 2 });
const numbers = await klDivergence(p, p).read({ signal: control.signal, onProgress: (done, total) => console.log(done / total) });
new Blob([numbers]);
// @ts-expect-error no signal
await p.read({ signal: {} });
const { body } = await fetch('rows.f32');
for await (const each of engine.stream(rowChunks(body!, { outcomes: 2 }), (rows) => klDivergence(engine.rows(rows, { outcomes: 2 }), p), { signal: control.signal })) console.log(each.length);
for await (const each of rowChunks(new Blob([numbers]).stream(), { outcomes: 2 })) console.log(each.length);
remote.dispose();
