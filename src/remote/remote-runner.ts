import { BackendUnavailableError, CertificateError } from '../engine/errors.ts';
import type { Events } from '../engine/events.ts';
import type { RunReport } from '../engine/report.ts';
import type { BufferResult, EngineInfo, MemoryUse, ReadResult, Runner } from '../engine/runner.ts';
import type { ReadOptions, Tensor } from '../engine/tensor.ts';
import type { Link } from './link.ts';
import type { Answers } from './messages.ts';
import { Outbox, type Payload } from './outbox.ts';

/** Ends the workers of engines that nobody disposed of. */
let collected: FinalizationRegistry<Link> | undefined;

/** Has tensors run by an engine in a worker. */
export class RemoteRunner implements Runner {
  readonly info: EngineInfo;
  readonly events: Events;
  readonly noBuffers = 'this engine runs in a worker';
  readonly takesArrays = true;
  readonly #link: Link;
  readonly #outbox: Outbox;

  constructor(link: Link, { info, own }: Answers['open'], events: Events) {
    this.info = info;
    this.events = events;
    this.#link = link;
    this.#outbox = new Outbox(own, (id) => this.#releaseId(id));
    (collected ??= new FinalizationRegistry((orphaned) => void orphaned.close())).register(this, link);
  }

  /** What is given away goes at once, so that the caller sees it gone. */
  adopt(source: Tensor): void {
    if (source.origin.kind !== 'source' || !source.origin.transfer) return;
    const payload = this.#outbox.pack(source);
    this.#link.send({ kind: 'take', tensors: payload.tensors }, source.form === 'values' ? 'engine.values' : 'engine.rows', payload.transfer);
    this.#confirm(payload);
  }

  /** Unknown here; the worker has the lines. */
  placeOf(): 'gpu' | 'cpu' {
    return this.info.backend === 'webgpu' ? 'gpu' : 'cpu';
  }

  async read(tensor: Tensor, options: ReadOptions): Promise<ReadResult> {
    const payload = this.#outbox.pack(tensor);
    const { id, tensors, transfer } = payload;
    const answer = this.#link.call({ kind: 'read', id, tensors, wantsProgress: options.onProgress !== undefined }, 'tensor.read', options, transfer);
    this.#confirm(payload);
    try {
      return await answer;
    } catch (error) {
      if (error instanceof CertificateError) tensor.report = error.cause as RunReport;
      throw error;
    }
  }

  async buffer(): Promise<BufferResult> {
    throw new BackendUnavailableError({
      operation: 'tensor.buffer', expected: 'an engine on this thread', got: 'one in a worker, whose GPUBuffers cannot leave it', remedy: 'Use tensor.read(), or an engine of this thread.',
    });
  }

  release(tensor: Tensor): void {
    const id = this.#outbox.remove(tensor);
    if (id !== undefined) this.#releaseId(id);
  }

  async memory(): Promise<MemoryUse> {
    return this.#link.call({ kind: 'memory' }, 'engine.memory');
  }

  destroy(): Promise<void> {
    return this.#link.close();
  }

  /** What was disposed of before it was sent lives on in what is made from it, and needs no name. */
  #confirm(payload: Payload): void {
    this.#outbox.confirm(payload);
    for (const tensor of payload.ids.keys()) if (tensor.disposed) this.release(tensor);
  }

  #releaseId(id: number): void {
    if (this.#link.isAlive) this.#link.send({ kind: 'release', id }, 'tensor.dispose');
  }
}
