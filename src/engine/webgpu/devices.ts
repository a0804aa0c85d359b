import { reportCallerError } from '../caller-error.ts';
import { shown } from '../errors.ts';
import type { Events } from '../events.ts';
import { isGpuDevice, type GpuDeviceLike } from '../gpu-types.ts';
import { within } from '../patience.ts';
import { describe, findDevice, type FoundDevice } from './adapter.ts';
import { WebGpuBackend, type Forced } from './backend.ts';

/** Supplies a device in place of a lost one. Where it gives none, fails, or takes longer than 10 s, the CPU goes on. */
export type OnDeviceLost = (loss: { readonly reason: string }) => GpuDeviceLike | undefined | Promise<GpuDeviceLike | undefined>;

/** Milliseconds before each attempt to get a new device; a browser restarts its GPU process meanwhile. */
const delays = [0, 50, 250, 1000];
/** Milliseconds that the caller's function may take. */
const patience = 10_000;
/** Milliseconds until there is another attempt after all of them failed. */
const rest = 60_000;

interface DevicesOptions {
  readonly borrowed: boolean;
  readonly forced: Forced;
  readonly events: Events;
  readonly memoryBudget: number | undefined;
  readonly onDeviceLost: OnDeviceLost | undefined;
}

/** Keeps a device at hand, and gets another one when it is lost: from the browser, or from the caller whose device it was. */
export class Devices {
  readonly #forced: Forced;
  readonly #events: Events;
  readonly #onDeviceLost: OnDeviceLost | undefined;
  readonly #borrowed: boolean;
  readonly #memoryBudget: number | undefined;
  #backend: WebGpuBackend | undefined;
  #adapter: string;
  #reopening: Promise<WebGpuBackend | undefined> | undefined;
  #stopListening = (): void => undefined;
  #closedUntil = 0;
  #isDestroyed = false;
  /** Why there is no device, when there is none. */
  problem = '';

  constructor(found: FoundDevice, { borrowed, forced, events, memoryBudget, onDeviceLost }: DevicesOptions) {
    this.#memoryBudget = memoryBudget;
    this.#borrowed = borrowed;
    this.#forced = forced;
    this.#events = events;
    this.#onDeviceLost = onDeviceLost;
    this.#adapter = found.adapter;
    this.#backend = this.#open(found);
  }

  get adapter(): string {
    return this.#adapter;
  }

  /** What is at hand now, be it lost a moment ago. */
  get current(): WebGpuBackend | undefined {
    return this.#backend;
  }

  /** The backend at hand, or after a loss one on a new device; undefined when there is none to be had. */
  async live(): Promise<WebGpuBackend | undefined> {
    if (this.#backend) return this.#backend;
    return this.#reopening ??= this.#reopen().finally(() => { this.#reopening = undefined; });
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#stopListening(); // a borrowed device lives on, and would keep this
    this.#backend?.destroy();
    this.#backend = undefined;
  }

  #open(found: FoundDevice): WebGpuBackend {
    const backend = new WebGpuBackend(found.device, { borrowed: this.#borrowed, softwareAdapter: found.fallback, forced: this.#forced, memoryBudget: this.#memoryBudget });
    this.#stopListening = backend.gpu.onLost((reason) => {
      if (this.#backend !== backend) return;
      this.#backend = undefined;
      this.problem = `the GPU device was lost (${reason})`;
      backend.destroy();
      if (!this.#isDestroyed) this.#events.emit('devicelost', { reason, adapter: found.adapter });
    });
    return backend;
  }

  async #reopen(): Promise<WebGpuBackend | undefined> {
    if (this.#isDestroyed || performance.now() < this.#closedUntil) return undefined;
    const loss = this.problem;
    this.#closedUntil = performance.now() + rest;
    for (const [attempt, delay] of (this.#borrowed ? [0] : delays).entries()) {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      const found = await (this.#borrowed ? this.#ofCaller(loss) : findDevice());
      if (this.#isDestroyed) {
        if ('device' in found && !this.#borrowed) found.device.destroy();
        return undefined;
      }
      if ('device' in found) return this.#recovered(found, attempt + 1);
      this.problem = `${loss}, and ${found.reason}`;
    }
    this.#events.emit('fallback', { reason: this.problem });
    return undefined;
  }

  #recovered(found: FoundDevice, attempts: number): WebGpuBackend {
    this.#adapter = found.adapter;
    this.#closedUntil = 0;
    this.#backend = this.#open(found);
    this.#events.emit('recovered', { adapter: found.adapter, attempts });
    return this.#backend;
  }

  async #ofCaller(reason: string): Promise<FoundDevice | { readonly reason: string }> {
    if (!this.#onDeviceLost) return { reason: 'it is the caller’s to replace' };
    try {
      const device = await within(Promise.resolve(this.#onDeviceLost({ reason })), patience, 'late');
      if (device === 'late') return { reason: `onDeviceLost gave no other in ${patience / 1000} s` };
      if (device === undefined) return { reason: 'onDeviceLost gave no other' };
      return isGpuDevice(device) ? foundOf(device) : { reason: `onDeviceLost gave ${shown(device)}, which is no GPUDevice` };
    } catch (error) {
      reportCallerError('onDeviceLost', error);
      return { reason: `onDeviceLost failed: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

/** A device of the caller's, as if it had been found. */
export function foundOf(device: GpuDeviceLike): FoundDevice {
  const { adapterInfo } = device as GPUDevice;
  return { device: device as GPUDevice, adapter: describe(adapterInfo), fallback: adapterInfo?.isFallbackAdapter ?? false };
}
