import type { Check } from './certificate.ts';
import { DomainError, shown } from './errors.ts';
import { isGpuDevice, type GpuDeviceLike } from './gpu-types.ts';
import type { Backend } from './report.ts';
import type { OnDeviceLost } from './webgpu/devices.ts';

export interface EngineOptions {
  /**
   * Where to run: 'auto' (default) decides read by read, by what the CPU and WebGPU are predicted to take, where WebGPU has an
   * adapter, and takes the CPU otherwise. 'cpu' is the fast path of the CPU where the engine has one (that of `dually` has,
   * that of `dually/webgpu` has not), with the f64 reference for what it does not do; 'reference' is that reference alone.
   */
  readonly backend?: 'auto' | Backend;
  /**
   * Whether 'auto' may measure the adapter and the CPU (default true), when a read first asks a question that this answers: a
   * read then waits for up to 50 ms longer, once an adapter, for pages keep the figures in their localStorage where they may.
   * Without, an average device is assumed. Either way the engine learns from its runs.
   */
  readonly calibrate?: boolean;
  /** A device of the caller's. It is never destroyed, and its error handlers are left alone. */
  readonly device?: GpuDeviceLike;
  /** Asked for another device when the caller's was lost; without an answer the CPU goes on. */
  readonly onDeviceLost?: OnDeviceLost;
  /** Compares results with the f64 reference: of no row (default), of up to 32 rows a result, or of every row. */
  readonly check?: Check;
}

/** Throws at the first option that is none. */
export function checkOptions(options: EngineOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new DomainError({ operation: 'openEngine', argument: 'options', expected: 'an object', got: shown(options), remedy: 'Pass { backend, device, check }, or nothing.' });
  }
  const { backend, calibrate, device, check, onDeviceLost } = options;
  const wrong = (argument: string, value: unknown, choices: readonly string[]): void => {
    if (value === undefined || choices.includes(value as string)) return;
    throw new DomainError({ operation: 'openEngine', argument, expected: choices.map(shown).join(', '), got: shown(value), remedy: 'Choose one of these.' });
  };
  wrong('backend', backend, ['auto', 'webgpu', 'cpu', 'reference']);
  wrong('check', check, ['off', 'sample', 'all']);
  if (calibrate !== undefined && typeof calibrate !== 'boolean') {
    throw new DomainError({ operation: 'openEngine', argument: 'calibrate', expected: 'true or false', got: shown(calibrate), remedy: 'Choose one of these.' });
  }
  if (onDeviceLost !== undefined && typeof onDeviceLost !== 'function') {
    throw new DomainError({ operation: 'openEngine', argument: 'onDeviceLost', expected: 'a function that returns a device', got: shown(onDeviceLost), remedy: 'Pass a function, or leave it out.' });
  }
  if (device === undefined || isGpuDevice(device)) return;
  throw new DomainError({ operation: 'openEngine', argument: 'device', expected: 'a GPUDevice', got: shown(device), remedy: 'Pass what adapter.requestDevice() gave, or leave it out.' });
}
