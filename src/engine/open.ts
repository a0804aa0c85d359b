import { BackendSelector } from './backend-selector.ts';
import { Engine } from './engine.ts';
import { Events } from './events.ts';
import type { FastPath } from './fast-path.ts';
import { takenOptions, type EngineOptions } from './options.ts';
import type { Backend } from './report.ts';
import type { EngineInfo } from './runner.ts';
import { Scheduler } from './scheduler.ts';
import { findDevice, unavailable } from './webgpu/adapter.ts';
import type { Forced } from './webgpu/backend.ts';
import { Devices, foundOf } from './webgpu/devices.ts';

/** Makes what runs fast without a GPU. */
export type MakeFastPath = () => FastPath;

/**
 * Opens an engine that has WebGPU and the reference, and no other fast path than that: for those who want a small bundle.
 *
 * @throws BackendUnavailableError when backend: 'webgpu' finds no adapter.
 */
export function openEngine(options?: EngineOptions): Promise<Engine>;
/** @internal */
export function openEngine(options?: EngineOptions, forced?: Forced, makeFastPath?: MakeFastPath): Promise<Engine>;
export async function openEngine(options: EngineOptions = {}, forced: Forced = {}, makeFastPath?: MakeFastPath): Promise<Engine> {
  const { backend = 'auto', calibrate = true, device, check = 'off', memoryBudget, onDeviceLost } = takenOptions(options);
  const events = new Events();
  const onCpu = (where: Backend, reason: string): Engine => {
    const fast = where === 'reference' ? undefined : makeFastPath?.();
    return new Engine(new Scheduler({ info: { backend: where, adapter: 'CPU', reason, limits: {} }, events, devices: undefined, fast, check, selector: undefined }));
  };
  if (backend === 'cpu') return onCpu('cpu', 'the caller asked for the CPU');
  if (backend === 'reference') return onCpu('reference', 'the caller asked for the reference');
  const found = device ? foundOf(device) : await findDevice(['subgroups']);
  if (!('device' in found)) {
    if (backend === 'webgpu') throw unavailable(found.reason);
    return onCpu('cpu', found.reason);
  }
  const devices = new Devices(found, { borrowed: device !== undefined, forced, events, memoryBudget, onDeviceLost });
  const isFree = !device && backend === 'auto';
  const reason = device ? 'the caller gave a device' : isFree ? 'WebGPU has an adapter, which is used where it is predicted to be faster' : 'the caller asked for WebGPU';
  const info: EngineInfo = { backend: 'webgpu', adapter: found.adapter, reason, limits: { ...devices.current!.limits } };
  const fast = makeFastPath?.();
  return new Engine(new Scheduler({ info, events, devices, fast, check, selector: isFree ? new BackendSelector(fast, calibrate) : undefined }));
}
