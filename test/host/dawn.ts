/** Set-up file of the node project: WebGPU from Dawn's Node binding. */
import { create, globals } from 'webgpu';

// Dawn crashes once the object of create() is collected; files share one process, so one object serves them all.
if (!('gpu' in (globalThis.navigator ?? {}))) {
  Object.assign(globalThis, globals);
  const value = { gpu: create([]), userAgent: `Node.js/${process.version}` };
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value });
}
