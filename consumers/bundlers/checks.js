import { alphaDivergence, divergenceMatrix, klDivergence, openEngine } from 'dually';
import { alphaDivergence as smallAlpha, divergenceMatrix as smallMatrix, klDivergence as smallKl, openEngine as openSmall } from 'dually/webgpu';
import { alphaDivergence as remoteAlpha, divergenceMatrix as remoteMatrix, klDivergence as remoteKl, openEngine as openRemote } from 'dually/worker';
import { check, checkThreads } from './right.js';

const whole = { alphaDivergence, divergenceMatrix, klDivergence };
const small = { alphaDivergence: smallAlpha, divergenceMatrix: smallMatrix, klDivergence: smallKl };
const remote = { alphaDivergence: remoteAlpha, divergenceMatrix: remoteMatrix, klDivergence: remoteKl };

async function all({ engineWorker, cpuWorker, ownWorker, triangular }) {
  const places = [];
  for (const backend of ['auto', 'webgpu', 'cpu', 'reference']) places.push(await check(() => openEngine({ backend }), whole));
  places.push(await check(() => openSmall({ backend: 'webgpu' }), small));
  for (const backend of ['webgpu', 'cpu']) places.push(await check(() => openRemote({ backend, worker: engineWorker }), remote));
  if (ownWorker) places.push(await check(() => openRemote({ backend: 'cpu', worker: ownWorker }), { ...remote, triangular }));
  places.push(await checkThreads(() => openEngine({ backend: 'cpu' }), whole));
  places.push(await checkThreads(() => openEngine({ backend: 'cpu', worker: cpuWorker }), whole));
  return places;
}

/** The outcome is left where the one who opened the page looks for it. */
export function report(workers) {
  all(workers).then((places) => { globalThis.outcome = { places }; }, (error) => { globalThis.outcome = { error: String(error?.stack ?? error) }; });
}
