/** For bundlers that find workers by their URL. */
import { report } from './checks.js';
import { triangular } from './own.js';

report({
  engineWorker: () => new Worker(new URL('dually/engine-worker', import.meta.url), { type: 'module' }),
  cpuWorker: () => new Worker(new URL('dually/cpu-worker', import.meta.url), { type: 'module' }),
  ownWorker: () => new Worker(new URL('./own-worker.js', import.meta.url), { type: 'module' }),
  triangular,
});
