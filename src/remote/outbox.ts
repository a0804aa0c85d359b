import { DomainError, shown } from '../engine/errors.ts';
import { inputsFirst } from '../engine/lineage.ts';
import type { Composition } from '../engine/operation.ts';
import { goneError, type StoredNumbers } from '../engine/storage.ts';
import { isGone, isShared } from '../engine/tags.ts';
import type { Origin, Tensor } from '../engine/tensor.ts';
import { keyOf } from './keys.ts';
import type { SentTensor } from './messages.ts';

/** What the worker has to be told before it can read a tensor. */
export interface Payload {
  readonly id: number;
  readonly tensors: readonly SentTensor[];
  readonly transfer: ArrayBuffer[];
  readonly ids: ReadonlyMap<Tensor, number>;
}

/** Knows what the worker has: every tensor is sent once, and goes by its number from then on. */
export class Outbox {
  readonly #own: ReadonlySet<string>;
  readonly #ids = new WeakMap<Tensor, number>();
  readonly #collected: FinalizationRegistry<number>;
  #count = 0;

  /** `onCollected` is told of tensors that nobody disposed of. */
  constructor(own: ReadonlySet<string>, onCollected: (id: number) => void) {
    this.#own = own;
    this.#collected = new FinalizationRegistry(onCollected);
  }

  pack(root: Tensor): Payload {
    const news = inputsFirst(root, (tensor) => (this.#ids.has(tensor) ? [] : inputsOf(tensor))).filter((tensor) => !this.#ids.has(tensor));
    const ids = new Map(news.map((tensor) => [tensor, this.#count++]));
    const idOf = (tensor: Tensor): number => ids.get(tensor) ?? this.#ids.get(tensor)!;
    const transfer: ArrayBuffer[] = [];
    const tensors = news.map((tensor): SentTensor => {
      const { shape, form, origin } = tensor;
      const named = { id: idOf(tensor), shape, form };
      if (origin.kind === 'source') return { ...named, kind: 'source', data: packed(origin, transfer), storage: tensor.storage };
      return { ...named, kind: 'result', operation: this.#keyOf(origin.operation), inputs: origin.inputs.map(idOf), ...this.#parametersOf(origin) };
    });
    return { id: idOf(root), tensors, transfer, ids };
  }

  /** The payload was posted. */
  confirm({ ids }: Payload): void {
    for (const [tensor, id] of ids) {
      this.#ids.set(tensor, id);
      this.#collected.register(tensor, id, tensor);
    }
  }

  /** The number of a tensor that is not needed any more, if the worker has it. */
  remove(tensor: Tensor): number | undefined {
    const id = this.#ids.get(tensor);
    this.#ids.delete(tensor);
    this.#collected.unregister(tensor);
    return id;
  }

  #keyOf(operation: Composition): string {
    const key = keyOf(operation);
    if (!operation.isOwn || this.#own.has(key)) return key;
    throw new DomainError({
      operation: operation.name, expected: 'an operation that the worker of the engine knows', got: 'one that is defined on this thread alone',
      remedy: 'Define it in a module that the worker imports too, and call register() of dually/engine-worker with it there.',
    });
  }

  /** Functions cannot be posted, but those of the library go by the names of their operations. */
  #parametersOf({ operation, parameters }: Extract<Origin, { kind: 'result' }>): { parameters: object; functions: Record<string, string> } {
    const entries = Object.entries(parameters as object);
    const functions = entries.filter(([, value]) => typeof value === 'function').map(([name, value]: [string, { readonly operation?: Composition }]) => {
      if (value.operation) return [name, this.#keyOf(value.operation)];
      throw new DomainError({
        operation: operation.name, argument: name, expected: 'a function of the library, for the engine runs in a worker', got: shown(value), remedy: 'Leave it out, or use an engine of this thread.',
      });
    });
    return { parameters: Object.fromEntries(entries.filter(([, value]) => typeof value !== 'function')), functions: Object.fromEntries(functions) as Record<string, string> };
  }
}

function inputsOf({ origin }: Tensor): readonly Tensor[] {
  return origin.kind === 'result' ? origin.inputs : [];
}

/** The numbers of a source: where they lie if that is shared or given away, else a copy of them alone. */
function packed(origin: Extract<Origin, { kind: 'source' }>, transfer: ArrayBuffer[]): StoredNumbers {
  const given = origin.data as StoredNumbers; // an engine in a worker takes no GPUBuffers
  if (isShared(given)) return given;
  if (!origin.transfer && isGone(given)) throw goneError('tensor.read');
  const data = origin.transfer ? given : given.slice();
  transfer.push(data.buffer);
  return data;
}
