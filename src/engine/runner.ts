import type { Events } from './events.ts';
import type { GpuBufferLike } from './gpu-types.ts';
import type { Backend, RunReport } from './report.ts';
import type { ReadOptions, Tensor } from './tensor.ts';

export interface EngineInfo {
  readonly backend: Backend;
  readonly adapter: string;
  /** Why this backend was chosen. */
  readonly reason: string;
  /** The device's limits that batches are cut by; empty on the CPU. */
  readonly limits: Readonly<Record<string, number>>;
}

/** The bytes that an engine holds. */
export interface MemoryUse {
  /** What the engine may hold on the device; 0 without one. */
  readonly budget: number;
  /** Buffers of tensors, of what runs now, and of constants. */
  readonly used: number;
  /** What is kept for later runs: free buffers, tables and uniforms. */
  readonly pooled: number;
  readonly buffers: number;
  /** Copies on the host of results that were moved off the device. */
  readonly spilled: number;
}

export interface ReadResult {
  readonly data: Float32Array<ArrayBuffer>;
  readonly report: RunReport;
}

export interface BufferResult {
  readonly buffer: GpuBufferLike;
  /** Undefined when it was there already. */
  readonly report: RunReport | undefined;
}

/** Runs the tensors of an engine: on this thread and what it commands, or elsewhere. */
export interface Runner {
  readonly info: EngineInfo;
  readonly events: Events;
  /** Why sources cannot be GPUBuffers; undefined where they can. */
  readonly noBuffers: string | undefined;
  /** Whether arrays are handed over, if the caller gives them away. */
  readonly takesArrays: boolean;
  /** Takes note of a source, when it is made. */
  adopt(source: Tensor): void;
  /** Where a tensor is to run, as far as can be told before: reads of one place wait in one line. */
  placeOf(tensor: Tensor): 'gpu' | 'cpu';
  read(tensor: Tensor, options: ReadOptions): Promise<ReadResult>;
  buffer(tensor: Tensor, options: ReadOptions): Promise<BufferResult>;
  release(tensor: Tensor): void;
  memory(): Promise<MemoryUse>;
  /** Called once, when nothing runs any more. */
  destroy(): void | Promise<void>;
}
