/**
 * The worker of the CPU path, for pages whose policy forbids workers from blobs:
 *
 * @example
 * const worker = () => new Worker(new URL('dually/worker', import.meta.url), { type: 'module' });
 * const engine = await openEngine({ backend: 'cpu', worker });
 */

import type { Order } from './engine/cpu/messages.ts';
import { serve, type Port } from './engine/cpu/worker.ts';

function webPort(): Port {
  const scope = globalThis as unknown as Worker;
  return {
    listen: (receive) => scope.addEventListener('message', ({ data }: MessageEvent<Order>) => receive(data)),
    post: (answer, transfer) => scope.postMessage(answer, transfer),
  };
}

function nodePort(): Port {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  return {
    listen: (receive) => parentPort!.on('message', receive),
    post: (answer, transfer) => parentPort!.postMessage(answer, transfer),
  };
}

serve('postMessage' in globalThis ? webPort() : nodePort());
