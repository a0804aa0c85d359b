/** Set-up file of the node project: WebGPU from Dawn's Node binding. */
import { create, globals } from 'webgpu';

const isNative = (callback: unknown): boolean => Function.prototype.toString.call(callback).includes('[native code]');

/**
 * The binding looks for events in every turn of the loop while it waits, which takes a core; here once a millisecond.
 * Its callbacks are native, and ours are not.
 */
function lookSeldom(): void {
  const later = setTimeout;
  globalThis.setImmediate = new Proxy(setImmediate, {
    apply: (soon, self, [callback, ...values]: Parameters<typeof setImmediate>) =>
      isNative(callback) ? later(callback, 1) : Reflect.apply(soon, self, [callback, ...values]),
  });
}

// Dawn crashes once the object of create() is collected; files share one process, so one object serves them all.
if (!('gpu' in (globalThis.navigator ?? {}))) {
  Object.assign(globalThis, globals);
  const value = { gpu: create([]), userAgent: `Node.js/${process.version}` };
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value });
  lookSeldom();
}
