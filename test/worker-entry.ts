/** What a module worker of a page would do: open an engine of its own and answer. */
import { alphaDivergenceMatrix, klDivergence, openEngine } from '../src/index.ts';

export interface WorkerAnswer {
  readonly backend: string;
  readonly divergences: Float32Array;
  readonly matrix: Float32Array;
  readonly worstUlps: number;
  readonly error: { readonly name: string; readonly code: string; readonly row: number };
}

async function answer(data: Float32Array<ArrayBuffer>, outcomes: number): Promise<WorkerAnswer> {
  const engine = await openEngine({ backend: 'webgpu', check: 'all' });
  const p = engine.rows(data, { outcomes, form: 'weights' });
  const divergence = klDivergence(p, engine.rows(new Float32Array(outcomes).fill(1), { outcomes, form: 'weights' }));
  const [divergences, matrix] = await Promise.all([divergence.read(), alphaDivergenceMatrix(p, p, { alpha: 0.5 }).read()]);
  const bad = engine.rows([[0.5, 0.5], [1, -1]], { outcomes: 2 });
  const error = await klDivergence(bad, bad).read().then(() => { throw new Error('a bad row was accepted'); }, (thrown: unknown) => thrown as WorkerAnswer['error']);
  const { backend, certificate } = divergence.report;
  engine.dispose();
  return { backend, divergences, matrix, worstUlps: certificate!.worstUlps, error: { name: error.name, code: error.code, row: error.row } };
}

addEventListener('message', (event: MessageEvent<{ data: Float32Array<ArrayBuffer>; outcomes: number }>) => {
  answer(event.data.data, event.data.outcomes).then(postMessage, (error: unknown) => postMessage(String(error)));
});
