import type { Engine } from '../engine/engine.ts';
import { DomainError } from '../engine/errors.ts';
import { eventNames } from '../engine/events.ts';
import { Tensor, type ReadOptions } from '../engine/tensor.ts';
import type { Port } from '../engine/workers.ts';
import { openEngine } from '../open.ts';
import type { Directory } from './directory.ts';
import { holdLock } from './life.ts';
import type { Answer, Answers, Order, PostedOptions, Question, SentTensor } from './messages.ts';
import { sendError } from './sent-error.ts';

/** Milliseconds between two messages of progress, about a frame of a page. */
const progressInterval = 16;

/** Holds an engine and its tensors in a worker, for the thread that made it. */
export class Server {
  readonly #port: Port<Order, Answer>;
  readonly #directory: Directory;
  readonly #tensors = new Map<number, Tensor>();
  readonly #controls = new Map<number, AbortController>();
  #engine: Engine | undefined;

  constructor(port: Port<Order, Answer>, directory: Directory) {
    this.#port = port;
    this.#directory = directory;
    port.listen((order) => this.#receive(order));
    void holdLock().then((lock) => port.post({ kind: 'ready', lock }, []));
  }

  #receive(order: Order): void {
    switch (order.kind) {
      case 'open': return void this.#answer(order.call, () => this.#open(order.options));
      case 'read': return void this.#answer(order.call, () => this.#read(order, order.call), ({ data }) => [data.buffer]);
      case 'memory': return void this.#answer(order.call, () => this.#engine!.memory());
      case 'close': return void this.#answer(order.call, () => this.#close());
      case 'abort': return this.#controls.get(order.call)?.abort();
      case 'take': return this.#take(order.tensors);
      case 'release': return this.#release(order.id);
    }
  }

  async #answer<Value extends Answers[keyof Answers]>(call: number, work: () => Promise<Value>, transferOf: (value: Value) => ArrayBuffer[] = () => []): Promise<void> {
    try {
      const value = await work();
      this.#port.post({ kind: 'done', call, value }, transferOf(value));
    } catch (error) {
      this.#port.post({ kind: 'failed', call, error: sendError(error) }, []);
    }
  }

  async #open(options: PostedOptions): Promise<Answers['open']> {
    const engine = this.#engine = await openEngine(options);
    for (const name of eventNames) engine.on(name, (event) => this.#port.post({ kind: 'event', name, event }, []));
    return { info: engine.info, own: this.#directory.own };
  }

  async #read({ id, tensors, wantsProgress }: Extract<Question, { kind: 'read' }>, call: number): Promise<Answers['read']> {
    this.#take(tensors);
    const tensor = this.#tensor(id);
    const control = new AbortController();
    this.#controls.set(call, control);
    try {
      const data = await tensor.read({ signal: control.signal, ...(wantsProgress && { onProgress: this.#progressOf(call) }) });
      return { data: data.byteLength === data.buffer.byteLength ? data : data.slice(), report: tensor.report };
    } finally {
      this.#controls.delete(call);
    }
  }

  async #close(): Promise<undefined> {
    await this.#engine?.[Symbol.asyncDispose]();
  }

  #progressOf(call: number): NonNullable<ReadOptions['onProgress']> {
    let last = -Infinity;
    return (done, total) => {
      const now = performance.now();
      if (done < total && now - last < progressInterval) return;
      last = now;
      this.#port.post({ kind: 'progress', call, done, total }, []);
    };
  }

  #tensor(id: number): Tensor {
    const tensor = this.#tensors.get(id);
    if (tensor) return tensor;
    throw new DomainError({ operation: 'tensor.read', expected: 'a tensor that was sent to the worker', got: `the unknown tensor ${id}`, remedy: 'Let nobody but the engine post messages to its worker.' });
  }

  #take(tensors: readonly SentTensor[]): void {
    for (const sent of tensors) this.#tensors.set(sent.id, this.#tensorOf(sent));
  }

  #tensorOf(sent: SentTensor): Tensor {
    const { shape, form } = sent;
    if (sent.kind === 'source') return new Tensor(this.#engine!, shape, form, { kind: 'source', data: sent.data, storage: sent.storage });
    const functions = Object.entries(sent.functions).map(([name, key]) => [name, this.#directory.callee(key)]);
    return new Tensor(this.#engine!, shape, form, {
      kind: 'result', operation: this.#directory.operation(sent.operation), inputs: sent.inputs.map((id) => this.#tensor(id)),
      parameters: { ...sent.parameters, ...Object.fromEntries(functions) as object },
    });
  }

  /** Reads that were asked for before hold what they need. */
  #release(id: number): void {
    this.#tensors.get(id)?.dispose();
    this.#tensors.delete(id);
  }
}
