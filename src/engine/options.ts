import { DomainError, shown } from './errors.ts';
import { isGpuDevice, type GpuDeviceLike } from './gpu-types.ts';
import type { Check, CheckOptions } from './verifier.ts';
import { taken } from './parameters.ts';
import type { Backend } from './report.ts';
import type { OnDeviceLost } from './webgpu/devices.ts';
import { checkBudget } from './webgpu/memory.ts';

export interface EngineOptions {
  /**
   * Where to run: where WebGPU has an adapter, 'auto' (default) decides call by call, by what the CPU and WebGPU are predicted to
   * take, and takes the CPU otherwise. 'cpu' is the fast path of the CPU, with the f64 reference for what it does not do;
   * 'reference' is that reference alone. The engine of `dually/webgpu` has no fast path of the CPU: 'auto' is WebGPU for all
   * that it can do.
   */
  readonly backend?: 'auto' | Backend;
  /** A device of the caller's. It is never destroyed, and its error handlers are left alone. */
  readonly device?: GpuDeviceLike;
  /**
   * Asked for another device when the caller's was lost. Where it gives none, fails, or has not answered after 10 s, the CPU
   * goes on: the event 'fallback' and the reports say why. It is asked again after a minute.
   */
  readonly onDeviceLost?: OnDeviceLost;
  /**
   * The bytes that the engine may hold on the device, at least 65,536; by default twice the largest buffer that the device
   * allows, and 4 GiB at most, since WebGPU does not tell how much memory there is. What does not fit is cut into blocks of rows;
   * tensors that were not used for the longest time give way: they are uploaded again when needed, results from a copy on the
   * host. Callers' own GPUBuffers do not count. What a single row needs is taken even where it is more.
   */
  readonly memoryBudget?: number;
  /**
   * Compares results with the f64 reference: of no row ('off', the default), of rows that a seed chooses ('sample'), or of every
   * row ('all'). Samples take at most 5 % of the time of the runs, all in all. The first run is looked at in at least one row, if
   * that is expected to take no more than 50 ms, and later ones wait until such a debt is paid; where a row takes longer, or an
   * engine runs many short things, checks wait until the runs have paid for them. Of a row of all pairs a sample looks at some
   * columns only. The certificate in the report says how many rows and columns were checked and what that took.
   *
   * @example
   * const engine = await openEngine({ check: { rows: 'sample', seed: 7, onFailure: 'fallback' } });
   */
  readonly check?: Check | CheckOptions;
}

const optionNames: readonly string[] = ['backend', 'device', 'onDeviceLost', 'memoryBudget', 'check'];

/** The options as they are now; throws at the first that is none. `names` are those of what this or that kind of engine takes beside. */
export function takenOptions<Options extends EngineOptions>(given: Options, names: readonly string[] = []): Options {
  let options = taken('openEngine', 'options', given, [...optionNames, ...names]);
  if (typeof options.check === 'object' && options.check !== null) options = { ...options, check: taken('openEngine', 'check', options.check, ['rows', 'seed', 'onFailure']) };
  checkOptions(options);
  return options;
}

/** Throws at the first option that is none. */
function checkOptions(options: EngineOptions): void {
  const { backend, device, check, memoryBudget, onDeviceLost } = options;
  const wrong = (argument: string, value: unknown, choices: readonly string[]): void => {
    if (value === undefined || choices.includes(value as string)) return;
    throw new DomainError({ operation: 'openEngine', argument, expected: choices.map(shown).join(', '), got: shown(value), remedy: 'Choose one of these.' });
  };
  wrong('backend', backend, ['auto', 'webgpu', 'cpu', 'reference']);
  if (typeof check === 'object' && check !== null) {
    wrong('check.rows', check.rows ?? null, ['sample', 'all']);
    wrong('check.onFailure', check.onFailure, ['throw', 'fallback']);
    checkSeed(check.seed);
  } else {
    wrong('check', check, ['off', 'sample', 'all']);
  }
  checkBudget(memoryBudget);
  if (onDeviceLost !== undefined && typeof onDeviceLost !== 'function') {
    throw new DomainError({ operation: 'openEngine', argument: 'onDeviceLost', expected: 'a function that returns a device', got: shown(onDeviceLost), remedy: 'Pass a function, or leave it out.' });
  }
  if (device === undefined || isGpuDevice(device)) return;
  throw new DomainError({ operation: 'openEngine', argument: 'device', expected: 'a GPUDevice', got: shown(device), remedy: 'Pass what adapter.requestDevice() gave, or leave it out.' });
}

function checkSeed(seed: unknown): void {
  if (seed === undefined || (Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) < 2 ** 32)) return;
  throw new DomainError({ operation: 'openEngine', argument: 'check.seed', expected: 'a whole number from 0 to 2³² − 1', got: shown(seed), remedy: 'Pass { rows, seed }, or leave it out.' });
}
