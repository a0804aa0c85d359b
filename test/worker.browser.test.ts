import { expect, test } from 'vitest';
import { alphaDivergenceMatrix, klDivergence, openEngine } from '../src/index.ts';
import { randomRows } from './engine/random-rows.ts';
import type { WorkerAnswer } from './worker-entry.ts';

test('runs on WebGPU in a module worker', async () => {
  const [rows, outcomes] = [12, 20];
  const data = randomRows(rows, outcomes, 1);
  const worker = new Worker(new URL('./worker-entry.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise<WorkerAnswer | string>((resolve, reject) => {
    worker.addEventListener('message', ({ data: message }: MessageEvent<WorkerAnswer | string>) => resolve(message));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.postMessage({ data, outcomes });
  }).finally(() => worker.terminate());

  using engine = await openEngine({ backend: 'webgpu' });
  const p = engine.rows(data, { outcomes, form: 'weights' });
  expect(answer).toEqual({
    backend: 'webgpu', worstUlps: expect.any(Number) as number, error: { name: 'DomainError', code: 'domain', row: 1 },
    divergences: await klDivergence(p, engine.rows(new Float32Array(outcomes).fill(1), { outcomes, form: 'weights' })).read(),
    matrix: await alphaDivergenceMatrix(p, p, { alpha: 0.5 }).read(),
  });
  expect((answer as WorkerAnswer).worstUlps).toBeLessThanOrEqual(4);
});
