/** A worker that opens an engine in a worker of its own. */
import { workerPort } from '../../src/engine/workers.ts';
import { klDivergence, openEngine } from '../../src/worker.ts';
import { engineWorker } from './engine-worker.ts';

workerPort<undefined, Float32Array | string>()!.listen(() => {
  void run().then((answer) => workerPort<undefined, Float32Array | string>()!.post(answer, []), (error: unknown) => workerPort<undefined, string>()!.post(String(error), []));
});

async function run(): Promise<Float32Array> {
  const engine = await openEngine({ backend: 'cpu', worker: engineWorker });
  const divergences = await klDivergence(engine.rows([[0.5, 0.5]], { outcomes: 2 }), engine.rows([[0.25, 0.75]], { outcomes: 2 })).read();
  engine.dispose();
  return divergences;
}
