import { DeviceError, type DeviceErrorKind } from '../errors.ts';
import { usage } from '../gpu-types.ts';
import type { Table } from '../kernel.ts';
import type { StoredNumbers } from '../storage.ts';
import { isShared } from '../tags.ts';
import { counters } from './counters.ts';
import { BufferPool } from './buffer-pool.ts';

/** What an error scope caught, if anything. */
type Caught = { readonly kind: DeviceErrorKind; readonly message: string } | undefined;

/** Encodes something into a batch of commands. */
export type Step = (commands: GPUCommandEncoder) => void;

const constantsKept = 512;

/** A device with its pool and its tables of constants. It knows no mathematics. */
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

  /** A table of constants, uploaded once and kept while it is among the last used. */
  table({ key, make }: Table): GPUBuffer {
    const known = this.#constants.get(key);
    this.#constants.delete(key);
    const buffer = known ?? this.#upload(make());
    this.#constants.set(key, buffer); // last in the map's order: most recently used
    return buffer;
  }

  /** The bytes of tables. */
  get constantBytes(): number {
    return this.#constantBytes;
  }

  #upload(data: ArrayBufferView<ArrayBuffer>): GPUBuffer {
    const buffer = this.pool.make({ size: data.byteLength, usage: usage.storage, mappedAtCreation: true });
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
    this.#assertNotLost();
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

  /** A run that has been given up ends here. */
  #assertNotLost(): void {
    if (this.lost !== undefined) throw new Error(`the device was lost: ${this.lost}`);
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
  submit(step: Step): void {
    this.#assertNotLost();
    this.scoped(['validation', 'out-of-memory'], () => {
      const commands = this.device.createCommandEncoder();
      step(commands);
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
