import { has } from './tags.ts';

/**
 * The parts of WebGPU that appear in public signatures, by structure, so that a consumer needs no `@webgpu/types`.
 * A real GPUBuffer or GPUDevice fits them.
 */
export interface GpuBufferLike {
  readonly size: number;
  readonly usage: number;
  destroy(): unknown;
  mapAsync(mode: number, offset?: number, size?: number): Promise<unknown>;
  getMappedRange(offset?: number, size?: number): ArrayBuffer;
}

export interface GpuDeviceLike {
  readonly limits: object;
  readonly queue: object;
  readonly lost: Promise<object>;
  createBuffer(descriptor: never): object;
}

export function isGpuDevice(device: unknown): device is GpuDeviceLike {
  return has(device, 'limits', 'queue', 'lost', 'createBuffer');
}

/** WebGPU's buffer usage flags; the global GPUBufferUsage does not exist where this module may be imported. */
export const usage = { mapRead: 0x1, copySrc: 0x4, copyDst: 0x8, uniform: 0x40, storage: 0x80 } as const;

export function isGpuBuffer(data: unknown): data is GpuBufferLike {
  return has(data, 'mapAsync', 'usage', 'size');
}
