/** Pure: from what places cost and what there is to do to milliseconds. Needs no device, so its tests need none. */

/** What a place has to do for a tensor. */
export interface Work {
  /** Numbers that its operations go through; of a way, in numbers of a usual operation. */
  readonly numbers: number;
  /** Rows that they write, which cost something however short they are. */
  readonly rows: number;
  /** How often they go through their rows, all together. */
  readonly passes: number;
  /** Bytes of sources that are not there. */
  readonly bytesUp: number;
  /** Bytes of sources that are on a device and nowhere else. */
  readonly bytesBack: number;
}

/** What a device costs, by runs of the engine's own kernels. */
export interface DeviceCosts {
  /** Milliseconds of a run that does next to nothing, from the call to the numbers. */
  readonly latency: number;
  /** Milliseconds of one dispatch more. */
  readonly dispatch: number;
  /** Bytes a millisecond that are brought to the device. */
  readonly up: number;
  readonly down: number;
  /** Numbers a millisecond that a kernel goes through which has as much arithmetic as a divergence. */
  readonly kernel: number;
}

/** Numbers a millisecond that are checked against the rules of a form, by WebAssembly and by the reference. */
export interface CpuCosts {
  readonly fast: number;
  readonly reference: number;
}

export interface Costs {
  readonly device: DeviceCosts;
  readonly cpu: CpuCosts;
}

/** How a read can be done: on the device, by WebAssembly, or by the f64 reference. */
export type Way = 'webgpu' | 'fast' | 'reference';

/** A device and a processor of no note, for those who do not measure theirs. */
export const assumed: Costs = {
  device: { latency: 1, dispatch: 0.01, up: 2e6, down: 1e6, kernel: 1e7 },
  cpu: { fast: 4e6, reference: 4e5 },
};

/** What is known of a device before it is measured: one that is a CPU computes as such. */
export function assumedDevice(softwareAdapter: boolean): DeviceCosts {
  return softwareAdapter ? { ...assumed.device, kernel: 5e4 } : assumed.device;
}

/** How many times dearer than what is measured a number of a usual operation is taken to be until it has run. */
const dearer: Readonly<Record<Way, number>> = { webgpu: 1, fast: 8, reference: 40 };
/** Numbers a millisecond of a fast path that cannot run, so that the reference does all. */
export const instead = (reference: number): number => (reference * dearer.fast) / dearer.reference;

/** Milliseconds of a call on the CPU, for one row of two numbers. */
const call = 0.03;
/** What a row costs besides its numbers, in numbers. */
const numbersPerRow = 16;

/** Milliseconds of a read that ends with so many bytes of result. */
export function predict(way: Way, work: Work, bytesDown: number, { device, cpu }: Costs): number {
  if (way === 'webgpu') return device.latency + work.passes * device.dispatch + work.bytesUp / device.up + bytesDown / device.down + (dearer.webgpu * work.numbers) / device.kernel;
  const back = work.bytesBack > 0 ? device.latency + work.bytesBack / device.down : 0;
  return back + call + (dearer[way] * (work.numbers + numbersPerRow * work.rows)) / cpu[way];
}

/** How much of what a run says of the predictions is believed, and how far off it is believed to be at most. */
const [trust, mostOff] = [1 / 2, 4];

/** How many times longer than predicted runs take, after one more that took so many times longer. */
export function corrected(known: number, seen: number): number {
  return known * Math.min(mostOff, Math.max(1 / mostOff, seen / known)) ** trust;
}
