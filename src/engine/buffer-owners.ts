import { DeviceLostError } from './errors.ts';
import { isGpuBuffer } from './gpu-types.ts';
import { consumerOf, lineageOf } from './lineage.ts';
import type { SourceData } from './reference.ts';
import type { StoredNumbers } from './storage.ts';
import type { Tensor } from './tensor.ts';
import type { WebGpuBackend } from './webgpu/backend.ts';

/** Knows on which device the GPUBuffers of sources are; with that they are lost. */
export class BufferOwners {
  readonly #owners = new WeakMap<Tensor, WebGpuBackend>();

  adopt(source: Tensor, owner: WebGpuBackend | undefined): void {
    if (owner && source.origin.kind === 'source' && isGpuBuffer(source.origin.data)) this.#owners.set(source, owner);
  }

  /** Throws if a source of the lineage was on another device than this one. */
  assertOn(gpu: WebGpuBackend, tensor: Tensor): void {
    for (const source of lineageOf(tensor)) {
      if (this.#ownerOf(source, gpu) !== gpu) throw lostBuffer(source, tensor);
    }
  }

  /** The numbers of every source of a lineage, on the host. */
  async hostData(
    tensor: Tensor,
    live: () => Promise<WebGpuBackend | undefined>,
    signal?: AbortSignal,
  ): Promise<SourceData> {
    const numbers = new Map<Tensor, StoredNumbers>();
    for (const source of lineageOf(tensor)) {
      const { origin } = source;
      if (origin.kind === 'source')
        numbers.set(
          source,
          isGpuBuffer(origin.data) ? await this.#download(source, tensor, await live(), signal) : origin.data,
        );
    }
    return (source) => numbers.get(source) ?? ownDataOf(source);
  }

  /** What was wrapped while there was no device is on the next one. */
  #ownerOf(source: Tensor, next: WebGpuBackend): WebGpuBackend {
    if (!this.#owners.has(source)) this.adopt(source, next);
    return this.#owners.get(source) ?? next;
  }

  async #download(
    source: Tensor,
    tensor: Tensor,
    gpu: WebGpuBackend | undefined,
    signal: AbortSignal | undefined,
  ): Promise<StoredNumbers> {
    if (!gpu || gpu !== this.#ownerOf(source, gpu)) throw lostBuffer(source, tensor);
    return gpu.hostData(source, signal, tensor);
  }
}

/** Of a source that an operation made for one of its steps. */
function ownDataOf({ origin }: Tensor): StoredNumbers {
  if (origin.kind === 'source' && !isGpuBuffer(origin.data)) return origin.data;
  throw new TypeError('Only the sources of a lineage may lie on a device');
}

function lostBuffer(source: Tensor, root: Tensor): DeviceLostError {
  return new DeviceLostError({
    ...consumerOf(source, root),
    expected: 'numbers that are still there',
    got: `a GPUBuffer of shape [${source.shape.join(', ')}] that was lost with its device`,
    remedy: 'Wrap the data anew with engine.rows(), from the host or from a buffer of a live device.',
  });
}
