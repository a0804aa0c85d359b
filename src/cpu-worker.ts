/**
 * The worker of the CPU path, for pages whose policy forbids workers from blobs:
 *
 * @example
 * const worker = () => new Worker(new URL('dually/cpu-worker', import.meta.url), { type: 'module' });
 * const engine = await openEngine({ backend: 'cpu', worker });
 */

import { serve, type CpuPort } from './engine/cpu/worker.ts';
import { workerPort } from './engine/workers.ts';

const port: CpuPort | undefined = workerPort();
if (port) serve(port);
