import type { BackendSelector } from './backend-selector.ts';
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

/** What an engine has beside WebGPU and the reference. */
export interface FastPlaces {
  /** Makes what runs fast without a GPU. */
  readonly cpu: () => FastPath;
  /** Makes what chooses between that and WebGPU, read by read. */
  readonly selector: (cpu: FastPath) => BackendSelector;
}

/**
 * Opens an engine that has WebGPU and the reference, and no other fast path than that: for those who want a small bundle.
 * Under 'auto' WebGPU does what it can, where it has an adapter; the reference does the rest.
 *
 * @throws BackendUnavailableError when backend: 'webgpu' finds no adapter.
 */
export function openEngine(options?: EngineOptions): Promise<Engine>;
/** @internal */
export function openEngine(options?: EngineOptions, forced?: Forced, places?: FastPlaces): Promise<Engine>;
export async function openEngine(options: EngineOptions = {}, forced: Forced = {}, places?: FastPlaces): Promise<Engine> {
  const { backend = 'auto', device, check = 'off', memoryBudget, onDeviceLost } = takenOptions(options);
  const events = new Events();
  const onCpu = (where: Backend, reason: string): Engine => {
    const fast = where === 'reference' ? undefined : places?.cpu();
    return new Engine(new Scheduler({ info: { backend: where, adapter: 'CPU', reason, limits: {} }, events, fast, check }));
  };
  if (backend === 'cpu') return onCpu('cpu', 'the caller asked for the CPU');
  if (backend === 'reference') return onCpu('reference', 'the caller asked for the reference');
  const found = device ? foundOf(device) : await findDevice();
  if (!('device' in found)) {
    if (backend === 'webgpu') throw unavailable(found.reason);
    return onCpu('cpu', found.reason);
  }
  const devices = new Devices(found, { borrowed: device !== undefined, forced, events, memoryBudget, onDeviceLost });
  const isFree = !device && backend === 'auto';
  const fast = places?.cpu();
  const selector = isFree && fast ? places!.selector(fast) : undefined;
  const free = `WebGPU has an adapter${selector ? ', which is used where it is predicted to be faster' : ''}`;
  const reason = device ? 'the caller gave a device' : isFree ? free : 'the caller asked for WebGPU';
  const info: EngineInfo = { backend: 'webgpu', adapter: found.adapter, reason, limits: { ...devices.current!.limits } };
  return new Engine(new Scheduler({ info, events, devices, fast, check, selector, isFree }));
}
