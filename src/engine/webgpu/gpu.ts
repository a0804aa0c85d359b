import { DeviceError } from '../errors.ts';
import { usage } from '../gpu-types.ts';
import { compile, joinPieces, type Shader } from '../shader.ts';
import type { Piece, Table } from '../kernel.ts';
import { counters } from './counters.ts';
import { BufferPool } from './pool.ts';

interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  /** Of group 0, the inputs, the output and the uniforms; and of group 1, the tables. */
  readonly layouts: readonly GPUBindGroupLayout[];
}

/** Devices may be shared by engines, and so may what was compiled for them. */
const pipelinesOf = new WeakMap<GPUDevice, Map<string, Promise<Pipeline>>>();
const constantsKept = 512;

/** A device with its pipelines, its pool, and its small constant buffers. It knows no mathematics. */
export class Gpu {
  readonly device: GPUDevice;
  readonly pool: BufferPool;
  /** Why the device was lost, once it was. */
  lost: string | undefined;
  readonly #borrowed: boolean;
  readonly #constants = new Map<string, GPUBuffer>();

  constructor(device: GPUDevice, borrowed: boolean) {
    this.device = device;
    this.pool = new BufferPool(device);
    this.#borrowed = borrowed;
    void device.lost.then((info) => { this.lost = info.message || info.reason || 'no reason given'; });
  }

  /** The pipeline of joined pieces with so many inputs and tables. Compiled once a device. */
  pipeline(label: string, pieces: readonly Piece[], inputs: number, tables: number): Promise<Pipeline> {
    const shader = joinPieces(pieces);
    const key = `${inputs} ${tables} ${shader.source}`;
    let cache = pipelinesOf.get(this.device);
    if (!cache) pipelinesOf.set(this.device, cache = new Map());
    const known = cache.get(key);
    if (known) return known;
    counters.pipelines++;
    const made = this.#compile(label, shader, inputs, tables);
    cache.set(key, made);
    made.catch(() => cache.delete(key));
    return made;
  }

  async #compile(label: string, shader: Shader, inputs: number, tables: number): Promise<Pipeline> {
    const module = await compile(this.device, label, shader);
    const reads = (count: number): GPUBufferBindingType[] => Array.from({ length: count }, () => 'read-only-storage');
    const layouts = [[...reads(inputs), 'storage' as const, 'uniform' as const], reads(tables)].map((types) => this.device.createBindGroupLayout({
      label, entries: types.map((type, binding) => ({ binding, visibility: 0x4 /* GPUShaderStage.COMPUTE */, buffer: { type } })),
    }));
    const pipeline = await this.device.createComputePipelineAsync({
      label, layout: this.device.createPipelineLayout({ bindGroupLayouts: layouts }), compute: { module, entryPoint: 'main' },
    });
    return { pipeline, layouts };
  }

  /** A table of constants, uploaded once and kept while it is among the last used. */
  table({ key, make }: Table): GPUBuffer {
    return this.#constant(`table ${key}`, usage.storage, make);
  }

  /** A uniform buffer; equal contents share one. */
  uniforms(words: Uint32Array<ArrayBuffer>): GPUBuffer {
    return this.#constant(`uniforms ${words.join(' ')}`, usage.uniform, () => words);
  }

  #constant(key: string, flags: number, make: Table['make']): GPUBuffer {
    const known = this.#constants.get(key);
    this.#constants.delete(key);
    const buffer = known ?? this.#upload(flags, make());
    this.#constants.set(key, buffer); // last in the map's order: most recently used
    return buffer;
  }

  #upload(flags: number, data: ArrayBufferView<ArrayBuffer>): GPUBuffer {
    const buffer = this.device.createBuffer({ size: data.byteLength, usage: flags, mappedAtCreation: true });
    counters.buffers++;
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    buffer.unmap();
    return buffer;
  }

  /** Destroys what was used longest ago; only between runs, when no unsubmitted command names it. */
  trim(): void {
    this.pool.trim();
    for (const [key, buffer] of this.#constants) {
      if (this.#constants.size <= constantsKept) return;
      this.#constants.delete(key);
      buffer.destroy();
    }
  }

  /** Runs work inside error scopes, and throws what they caught. */
  async guarded<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const kinds = ['internal', 'out-of-memory', 'validation'] as const;
    for (const kind of kinds) this.device.pushErrorScope(kind);
    let outcome: { value: T } | { thrown: unknown };
    try {
      outcome = { value: await work() };
    } catch (thrown) {
      outcome = { thrown };
    }
    const errors = await Promise.all(kinds.map(() => this.device.popErrorScope().catch(() => null)));
    const error = errors.find((caught) => caught !== null);
    if (error) {
      throw new DeviceError(
        { operation, expected: 'commands that WebGPU accepts', got: error.message, remedy: 'Give smaller batches if memory ran out; otherwise this is a defect of Dually.' },
        'thrown' in outcome ? { cause: outcome.thrown } : undefined,
      );
    }
    if ('thrown' in outcome) throw outcome.thrown;
    return outcome.value;
  }

  destroy(): void {
    this.pool.destroy();
    for (const buffer of this.#constants.values()) buffer.destroy();
    this.#constants.clear();
    if (!this.#borrowed) this.device.destroy();
  }
}
