import { assumed, assumedDevice, type DeviceCosts } from '../cost.ts';
import { exertion } from '../exertion.ts';
import { apply } from '../operation.ts';
import { Tensor, type TensorHost } from '../tensor.ts';
import { widening } from '../widening.ts';
import type { WebGpuBackend } from './backend.ts';

/** The batch whose way there and back is timed: 1 MiB. */
const [rows, outcomes] = [1024, 256];
const numbers = rows * outcomes;
/** Dispatches in a row that are timed. */
const chain = 17;
/** Rows of the first exertion that is timed, how many times more each next one has, and the most. */
const [fewRows, moreRows, mostRows] = [64, 8, 32_768];
/** What no device reaches, in bytes, numbers and milliseconds: clocks are coarse. */
const [fastestCopy, fastestKernel, leastDispatch] = [5e7, 1e8, 1e-4];

export interface Measured {
  /** They are written as long as it is not over. */
  readonly costs: DeviceCosts;
  /** Breaks off, and waits until the device is left alone. */
  readonly stop: () => Promise<void>;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/**
 * Times the way of numbers to the device and back, and the kernels that are the engine's own: an exertion, and copies. What is not known after so many
 * milliseconds is assumed for the time being: compilers may take longer, and Firefox may need 100 ms for one answer of a GPU,
 * whose costs are then this latency. `onEnd` gets what was measured in the end, unless something failed.
 */
export async function measureDevice(backend: WebGpuBackend, host: TensorHost, milliseconds: number, onEnd: (costs: DeviceCosts) => void): Promise<Measured> {
  const start = performance.now();
  const costs: Mutable<DeviceCosts> = { ...assumedDevice(backend.softwareAdapter) };
  const watch = new Stopwatch(backend, host);
  const ended = measure(costs, watch, () => performance.now() - start > milliseconds)
    .then(() => { if (!watch.isStopped) onEnd(costs); }, () => undefined) // a device that fails here will fail a read, which tells
    .then(() => watch.release());
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<void>((resolve) => { timer = setTimeout(resolve, milliseconds); });
  const isKnown = await Promise.race([ended.then(() => true), deadline.then(() => false)]);
  clearTimeout(timer);
  if (!isKnown && costs.latency === assumed.device.latency) costs.latency = milliseconds; // at least
  return { costs, stop: () => {
    watch.isStopped = true;
    return ended;
  } };
}

async function measure(costs: Mutable<DeviceCosts>, watch: Stopwatch, late: () => boolean): Promise<void> {
  const least = async (time: () => Promise<number>): Promise<number> => Math.min(await time(), await time());
  const answer = (): Promise<number> => watch.read(watch.source(1, 2));
  await answer(); // the first is slower
  costs.latency = await answer();
  if (late()) return;
  costs.latency = Math.min(costs.latency, await least(answer));
  let back = Infinity;
  const thereAndBack = await least(async () => {
    const source = watch.source(rows, outcomes);
    const milliseconds = await watch.read(source);
    back = Math.min(back, await watch.read(source));
    return milliseconds;
  });
  costs.up = rate(4 * numbers, thereAndBack - back, fastestCopy);
  costs.down = rate(4 * numbers, back - costs.latency, fastestCopy);
  costs.kernel = await kernelRate(watch, costs.latency);
  const little = watch.source(1, 2);
  const one = await watch.read(watch.copies(little, 1)).then(() => least(() => watch.read(watch.copies(little, 1))));
  costs.dispatch = Math.max(leastDispatch, (await watch.read(watch.copies(little, chain)) - one) / (chain - 1));
}

/** By ever more rows, until they take longer than what else there is in a run, so that a clock can tell. */
async function kernelRate(watch: Stopwatch, latency: number): Promise<number> {
  const row = watch.source(1, outcomes);
  await watch.read(watch.exertion(row, 1)); // which compiles
  for (let count = fewRows; ; count *= moreRows) {
    const milliseconds = Math.min(await watch.read(watch.exertion(row, count)), await watch.read(watch.exertion(row, count))) - latency;
    if (milliseconds > Math.max(1, latency) || count >= mostRows) return rate(count * outcomes, milliseconds, fastestKernel);
  }
}

function rate(count: number, milliseconds: number, most: number): number {
  return milliseconds > 0 ? Math.min(most, count / milliseconds) : most;
}

/** Times reads of the device itself. Nobody but it has these tensors. */
class Stopwatch {
  readonly #backend: WebGpuBackend;
  readonly #host: TensorHost;
  readonly #made: Tensor[] = [];
  isStopped = false;

  constructor(backend: WebGpuBackend, host: TensorHost) {
    this.#backend = backend;
    this.#host = host;
  }

  /** Rows that nobody has to check. */
  source(count: number, width: number): Tensor {
    return this.#kept(new Tensor(this.#host, [count, width], 'values', { kind: 'source', data: new Float32Array(count * width), trusted: true }));
  }

  exertion(tensor: Tensor, count: number): Tensor {
    return this.#kept(apply(exertion, [tensor], { rows: count }));
  }

  /** Copies of copies. */
  copies(tensor: Tensor, times: number): Tensor {
    return times === 0 ? tensor : this.#kept(apply(widening, [this.copies(tensor, times - 1)], {}));
  }

  async read(tensor: Tensor): Promise<number> {
    if (this.isStopped) throw new Error('nobody wants to know any more');
    const start = performance.now();
    await this.#backend.read(tensor, {});
    return performance.now() - start;
  }

  async release(): Promise<void> {
    await Promise.all(this.#made.map((tensor) => this.#backend.release(tensor)));
  }

  #kept(tensor: Tensor): Tensor {
    this.#made.push(tensor);
    return tensor;
  }
}
