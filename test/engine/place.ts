import type { EngineOptions } from '../../src/engine/options.ts';
import type { Backend } from '../../src/engine/report.ts';
import { findDevice } from '../../src/engine/webgpu/adapter.ts';

let shared: Promise<GPUDevice> | undefined;

/** Where to open an engine in tests that are not about devices: they share one, since nothing takes them longer than to compile anew what was compiled before. */
export async function placeFor(backend: Backend): Promise<Pick<EngineOptions, 'backend' | 'device'>> {
  return backend === 'webgpu' ? { device: await (shared ??= openDevice()) } : { backend };
}

async function openDevice(): Promise<GPUDevice> {
  const found = await findDevice();
  if (!('device' in found)) throw new Error(found.reason);
  void found.device.lost.then(() => { shared = undefined; });
  return found.device;
}
