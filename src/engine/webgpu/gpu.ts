import { DeviceError, type DeviceErrorKind } from '../errors.ts';
import { usage } from '../gpu-types.ts';
import { compileShader, joinPieces, type Shader } from '../shader.ts';
import type { Piece, Table } from '../kernel.ts';
import type { StoredNumbers } from '../storage.ts';
import { isShared } from '../tags.ts';
import { counters } from './counters.ts';
import { BufferPool } from './buffer-pool.ts';

interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  /** Of group 0, the inputs, the output and the uniforms; and of group 1, the tables. */
  readonly layouts: readonly GPUBindGroupLayout[];
}

/** What an error scope caught, if anything. */
type Caught = { readonly kind: DeviceErrorKind; readonly message: string } | undefined;

/** Encodes something into a batch of commands. */
export type Step = (commands: GPUCommandEncoder) => void;

/** Devices may be shared by engines, and so may what was compiled for them. */
const pipelinesOf = new WeakMap<GPUDevice, Map<string, Promise<Pipeline>>>();
const constantsKept = 512;

/** A device with its pipelines, its pool, and its small constant buffers. It knows no mathematics. */
export class Gpu {
  readonly device: GPUDevice;
  readonly pool: BufferPool;
  /** Why the device was lost, once it was. */
  lost: string | undefined;
  /** When the device last showed that it is alive. */
  answered = 0;
  readonly #onLost = new Set<(reason: string) => void>();
  readonly #borrowed: boolean;
  readonly #constants = new Map<string, GPUBuffer>();
  #caught: Promise<Caught>[] = [];
  #constantBytes = 0;

  constructor(device: GPUDevice, borrowed: boolean) {
    this.device = device;
    this.pool = new BufferPool(device.limits.maxBufferSize, (descriptor) => this.createBuffer(descriptor));
    this.#borrowed = borrowed;
    const here = new WeakRef(this); // or a borrowed device, which lives on, would keep the buffers of engines that nobody disposed of
    void device.lost.then((info) => here.deref()?.giveUp(info.message || info.reason || 'no reason given'));
  }

  /** Has a function called when the device is lost; what is returned takes it back. */
  onLost(listener: (reason: string) => void): () => void {
    this.#onLost.add(listener);
    return () => void this.#onLost.delete(listener);
  }

  /** Takes the device for lost: because the browser says so, or because it does not answer. */
  giveUp(reason: string): void {
    if (this.lost !== undefined) return;
    this.lost = reason;
    for (const listener of this.#onLost) listener(reason);
    this.#onLost.clear();
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
    const made = this.#createPipeline(label, shader, inputs, tables);
    cache.set(key, made);
    made.catch(() => cache.delete(key));
    return made;
  }

  async #createPipeline(label: string, shader: Shader, inputs: number, tables: number): Promise<Pipeline> {
    const module = await compileShader(this.device, label, shader);
    const reads = (count: number): GPUBufferBindingType[] => Array.from({ length: count }, () => 'read-only-storage');
    const groups = [[...reads(inputs), 'storage' as const, 'uniform' as const], reads(tables)];
    const made = this.scoped(['validation', 'internal'], () => {
      const layouts = groups.map((types) => this.device.createBindGroupLayout({
        label, entries: types.map((type, binding) => ({ binding, visibility: 0x4 /* GPUShaderStage.COMPUTE */, buffer: { type } })),
      }));
      const layout = this.device.createPipelineLayout({ bindGroupLayouts: layouts });
      return { layouts, pipeline: this.device.createComputePipelineAsync({ label, layout, compute: { module, entryPoint: 'main' } }) };
    });
    const pipeline = await made.pipeline.catch((error: unknown) => {
      const { reason, message } = error as GPUPipelineError;
      throw deviceError(label, { kind: reason === 'validation' ? 'validation' : 'internal', message }, error);
    });
    return { pipeline, layouts: made.layouts };
  }

  /** A table of constants, uploaded once and kept while it is among the last used. */
  table({ key, make }: Table): GPUBuffer {
    return this.#constant(`table ${key}`, usage.storage, make);
  }

  /** A uniform buffer; equal contents share one. */
  uniforms(words: Uint32Array<ArrayBuffer>): GPUBuffer {
    return this.#constant(`uniforms ${words.join(' ')}`, usage.uniform, () => words);
  }

  /** The bytes of tables and uniforms. */
  get constantBytes(): number {
    return this.#constantBytes;
  }

  #constant(key: string, flags: number, make: Table['make']): GPUBuffer {
    const known = this.#constants.get(key);
    this.#constants.delete(key);
    const buffer = known ?? this.#upload(flags, make());
    this.#constants.set(key, buffer); // last in the map's order: most recently used
    return buffer;
  }

  #upload(flags: number, data: ArrayBufferView<ArrayBuffer>): GPUBuffer {
    const buffer = this.pool.make({ size: data.byteLength, usage: flags, mappedAtCreation: true });
    try {
      new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      buffer.unmap();
    } catch (error) { // the device was lost this moment
      this.pool.drop(buffer);
      throw error;
    }
    this.#constantBytes += buffer.size;
    return buffer;
  }

  /** Destroys what was used longest ago; only between runs, when no unsubmitted command names it. */
  trim(): void {
    this.pool.trim();
    this.trimConstants(Infinity);
  }

  /** Destroys the constants that were used longest ago, down to so many bytes, and says whether there were any. */
  trimConstants(bytes: number): boolean {
    const before = this.#constants.size;
    for (const [key, buffer] of this.#constants) {
      if (this.#constants.size <= constantsKept && this.#constantBytes <= bytes) break;
      this.#drop(key, buffer);
    }
    return this.#constants.size < before;
  }

  #drop(key: string, constant: GPUBuffer): void {
    this.#constants.delete(key);
    this.#constantBytes -= constant.size;
    this.pool.drop(constant);
  }

  createBuffer(descriptor: GPUBufferDescriptor): GPUBuffer {
    if (this.lost !== undefined) throw new Error(`the device was lost: ${this.lost}`); // by a run that has been given up
    counters.buffers++;
    const before = this.#caught.length;
    let buffer: GPUBuffer;
    try {
      buffer = this.scoped(['validation', 'out-of-memory'], () => this.device.createBuffer(descriptor));
    } catch (error) { // no memory to map it
      throw deviceError('allocate', { kind: 'out-of-memory', message: (error as Error).message }, error);
    }
    void Promise.all(this.#caught.slice(before)).then((errors) => { if (errors.some((error) => error !== undefined)) this.#disown(buffer); });
    return buffer;
  }

  /** What could not be made must not be handed to other runs, whose errors it would be. */
  #disown(buffer: GPUBuffer): void {
    for (const [key, constant] of this.#constants) if (constant === buffer) this.#drop(key, constant);
    this.pool.drop(buffer);
  }

  /**
   * Runs commands inside error scopes; what they catch goes to the `collecting` under way. Others may use the device too,
   * and its scopes are one stack for all, so scopes open and close here without a pause between.
   */
  scoped<T>(kinds: readonly DeviceErrorKind[], commands: () => T): T {
    for (const kind of kinds) this.device.pushErrorScope(kind);
    try {
      return commands();
    } finally {
      for (const kind of kinds.toReversed()) this.#caught.push(this.#caughtBy(kind));
    }
  }

  async #caughtBy(kind: DeviceErrorKind): Promise<Caught> {
    const error = await this.device.popErrorScope().catch(() => null); // rejects when the device is lost
    return error ? { kind, message: error.message } : undefined;
  }

  /** Runs a command whose validation errors come to light by themselves. */
  ignoring<T>(command: () => T): T {
    this.device.pushErrorScope('validation');
    try {
      return command();
    } finally {
      this.device.popErrorScope().catch(() => null);
    }
  }

  /** Writes whole words to the beginning of a buffer, before all that is not submitted yet. Of shared memory Dawn's binding for Node would die, and browsers refuse that whose size may change, so a copy is written. */
  write(buffer: GPUBuffer, data: StoredNumbers | Uint32Array<ArrayBuffer>): void {
    const isPlain = !isShared(data) && (data.buffer as { readonly resizable?: boolean }).resizable !== true;
    const own = isPlain ? data : (data as StoredNumbers).slice();
    this.scoped(['validation', 'out-of-memory'], () => this.device.queue.writeBuffer(buffer, 0, own));
  }

  /** Encodes and submits in one go: error scopes cost more than commands. */
  submit(steps: readonly Step[]): void {
    this.scoped(['validation', 'out-of-memory'], () => {
      const commands = this.device.createCommandEncoder();
      for (const step of steps) step(commands);
      this.device.queue.submit([commands.finish()]);
    });
  }

  /** Runs work, one at a time. What is returned throws what its error scopes caught, once that is known. */
  async collecting<T>(operation: string, work: () => Promise<T>): Promise<{ readonly outcome: PromiseSettledResult<T>; readonly check: () => Promise<void> }> {
    const caught: Promise<Caught>[] = this.#caught = [];
    const [outcome] = await Promise.allSettled([work()]);
    const check = async (): Promise<void> => {
      const errors = (await Promise.all(caught)).filter((each) => each !== undefined);
      const first = errors.find(({ kind }) => kind === 'out-of-memory') ?? errors[0]; // what was not made is not valid either
      if (first) throw deviceError(operation, first, outcome.status === 'rejected' ? outcome.reason : undefined);
    };
    return { outcome, check };
  }

  /** Gives up every buffer that no tensor holds: after an error some may never have been made. */
  forget(): void {
    this.pool.clear();
    for (const [key, buffer] of this.#constants) this.#drop(key, buffer);
  }

  destroy(): void {
    this.forget();
    this.pool.destroy();
    if (!this.#borrowed) this.device.destroy();
  }
}

const remedies: Record<DeviceErrorKind, string> = {
  validation: 'Give GPUBuffers of the same device; otherwise this is a defect of Dually.',
  'out-of-memory': "Give smaller batches, dispose of tensors that are not needed, or use backend: 'cpu'.",
  internal: "Use backend: 'cpu' for this.",
};

export function deviceError(operation: string, { kind, message }: { readonly kind: DeviceErrorKind; readonly message: string }, cause?: unknown): DeviceError {
  return new DeviceError({ operation, kind, expected: 'commands that WebGPU accepts', got: message, remedy: remedies[kind] }, cause === undefined ? undefined : { cause });
}
