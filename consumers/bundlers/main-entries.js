/** For bundlers that take workers as entries of their own. */
import { report } from './checks.js';
import { triangular } from './own.js';

report({
  engineWorker: () => new Worker('engine-worker.js'),
  cpuWorker: () => new Worker('cpu-worker.js'),
  ownWorker: () => new Worker('own-worker.js'),
  triangular,
});
