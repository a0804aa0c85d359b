import { DomainError, shown } from './errors.ts';
import type { Form } from './forms.ts';
import type { GpuBufferLike } from './gpu-types.ts';
import type { RecordOn } from './operation-record.ts';
import { taken } from './parameters.ts';
import type { RunReport } from './report.ts';
import type { Storage, StoredNumbers } from './storage.ts';

export interface ReadOptions {
  /** Ends the run; `read` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called as the work goes on, with the work done and the work there is. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Where rows lie in a buffer, in numbers: where the first begins, and how far on the next one is. */
export interface Placing {
  readonly offset: number;
  readonly stride: number;
}

/** Where a tensor comes from: the caller's data (or an operation's own, which is trusted to be right), or an operation on other tensors (its lineage). */
export type Origin =
  | { readonly kind: 'source'; readonly data: StoredNumbers | GpuBufferLike; readonly storage?: Storage; readonly trusted?: true; readonly transfer?: true } & Partial<Placing>
  | { readonly kind: 'result'; readonly operation: RecordOn<Tensor, unknown>; readonly inputs: readonly Tensor[]; readonly parameters: unknown };

/** What a tensor needs of its engine. */
export interface TensorHost {
  /** Called with every tensor as it is made. */
  made(tensor: Tensor): void;
  read(tensor: Tensor, options: ReadOptions): Promise<Float32Array<ArrayBuffer>>;
  buffer(tensor: Tensor, options: ReadOptions): Promise<GpuBufferLike>;
  release(tensor: Tensor): void;
}

/**
 * A batch of rows, or the promise of one. An operation returns a tensor at once and runs nothing;
 * the tensor remembers the operation and its inputs, and `read` or `buffer` does what is needed.
 */
export class Tensor {
  /** The first number counts the rows; the product of the others is the length of one row. Row-major. */
  readonly shape: readonly number[];
  readonly rows: number;
  /** Numbers in one row. */
  readonly width: number;
  readonly form: Form;
  #report: RunReport | undefined;
  /** @internal */ readonly host: TensorHost;
  /** @internal */ readonly origin: Origin;
  #disposed = false;

  /** @internal */
  constructor(host: TensorHost, shape: readonly number[], form: Form, origin: Origin) {
    this.host = host;
    this.shape = Object.freeze([...shape]);
    const [rows = 1, ...row] = shape;
    this.rows = rows;
    this.width = row.reduce((product, n) => product * n, 1);
    this.form = form;
    this.origin = origin;
    host.made(this);
  }

  /** Whether it is a tensor of this copy of the package; no proxy, and nothing that merely looks like one, is. @internal */
  static isTensor(value: unknown): value is Tensor {
    return typeof value === 'object' && value !== null && #disposed in value;
  }

  /** No plain object for those who make copies or proxies of plain ones, such as Vue's reactive state: the fields are private. @internal */
  get [Symbol.toStringTag](): string {
    return 'Tensor';
  }

  /** How the numbers are stored on the device. Results are f32; `read` gives f32 of both. */
  get storage(): Storage {
    return (this.origin.kind === 'source' ? this.origin.storage : undefined) ?? 'f32';
  }

  /** Where its rows lie; those of all but a caller's GPUBuffer one after the other. @internal */
  get placing(): Placing {
    const { offset = 0, stride = this.width } = this.origin.kind === 'source' ? this.origin : {};
    return { offset, stride };
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /**
   * What the last run of this tensor did.
   * @throws DomainError before the first one.
   */
  get report(): RunReport {
    if (this.#report) return this.#report;
    throw new DomainError({ operation: 'tensor.report', expected: 'a tensor that has been read', got: 'one that has not', remedy: 'Await tensor.read() or tensor.buffer() first.' });
  }

  /** @internal */
  set report(report: RunReport) {
    this.#report = report;
  }

  /** Runs what is needed and returns the numbers, row-major. Errors of the data and of the GPU are thrown here. */
  async read(options: ReadOptions = {}): Promise<Float32Array<ArrayBuffer>> {
    assertOwn(this, 'tensor.read');
    return this.host.read(this, this.#checked('tensor.read', options));
  }

  /**
   * Runs what is needed and returns the GPUBuffer that holds the result, without a copy. The engine owns it:
   * it lives until `dispose`. Of a source it holds what was given, halves too. Needs the WebGPU backend, and a result that fits one binding.
   */
  async buffer(options: ReadOptions = {}): Promise<GpuBufferLike> {
    assertOwn(this, 'tensor.buffer');
    return this.host.buffer(this, this.#checked('tensor.buffer', options));
  }

  /** Frees what the tensor holds on the device. Disposing twice is harmless. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.host.release(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #checked(operation: string, given: ReadOptions): ReadOptions {
    const options = takenReadOptions(operation, given);
    if (!this.#disposed) return options;
    throw new DomainError({ operation, expected: 'a live tensor', got: 'a disposed one', remedy: 'Read a tensor before it is disposed of.' });
  }
}

/** Throws at a proxy, which has no private fields. */
function assertOwn(tensor: unknown, operation: string): void {
  if (Tensor.isTensor(tensor)) return;
  throw new DomainError({ operation, expected: 'a tensor', got: 'a proxy of one', remedy: 'Keep tensors out of state that is made of proxies.' });
}

/** Whether there are no numbers, or what it is made of has no rows: then nothing runs that would look at the others. */
export function isEmpty({ rows, width, origin }: Tensor): boolean {
  return rows === 0 || width === 0 || (origin.kind === 'result' && origin.inputs.some((input) => input.rows === 0));
}

/** The options as they are now; throws at the first that is none. */
function takenReadOptions(operation: string, given: ReadOptions): ReadOptions {
  const refuse = (argument: string, expected: string, value: unknown): never => {
    throw new DomainError({ operation, argument, expected, got: shown(value), remedy: 'Pass { signal, onProgress }, or nothing.' });
  };
  const options = taken(operation, 'options', given, ['signal', 'onProgress']);
  const { signal, onProgress } = options;
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== 'function') refuse('options.signal', 'an AbortSignal', signal);
  if (onProgress !== undefined && typeof onProgress !== 'function') refuse('options.onProgress', 'a function', onProgress);
  return options;
}
