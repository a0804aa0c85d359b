import type { Range } from './ledger.ts';
import { isShared, type Answer, type Done } from './messages.ts';
import { Pace } from './pace.ts';
import type { BadRow, Program, RowWork } from './program.ts';
import type { Thread, ThreadEvents } from './thread.ts';

/** Parcels that a worker has at a time: while it runs one, the next is there. */
const depth = 2;

/** Memory that a parcel travels in, again and again: fresh pages are dear. */
interface Slot {
  buffer: ArrayBufferLike;
}

export interface Receiver {
  delivered(lane: Lane, range: Range, bad: BadRow | undefined): void;
  lost(range: Range): void;
}

interface Parcel {
  readonly work: RowWork;
  readonly range: Range;
  readonly slot: Slot;
  readonly receiver: Receiver;
}

/** A worker as its engine sees it: takes parcels of rows, and brings the results. */
export class Lane {
  /** Of the run that is going on. */
  pace: Pace = new Pace();
  isDead = false;
  /** Whether it ever answered. */
  wasReady = false;
  readonly #thread: Thread;
  readonly #shared: boolean;
  readonly #onDeath: (lane: Lane, reason: string) => void;
  readonly #free: Slot[] = Array.from({ length: depth }, () => ({ buffer: new ArrayBuffer(0) }));
  readonly #parcels = new Map<number, Parcel>();
  readonly #forgotten = new Set<number>();
  #program: Program | undefined;
  #parcelCount = 0;
  #heard = 0;

  constructor(start: (events: ThreadEvents) => Thread, module: WebAssembly.Module, shared: boolean, onDeath: (lane: Lane, reason: string) => void) {
    this.#shared = shared;
    this.#onDeath = onDeath;
    this.#thread = start({ answer: (answer) => this.#receive(answer), died: (reason) => this.die(reason) });
    try {
      this.#thread.post({ module }, []);
    } catch (error) {
      this.die(String(error));
    }
  }

  get isReady(): boolean {
    return this.wasReady && !this.isDead;
  }

  get isFree(): boolean {
    return this.isReady && this.#free.length > 0;
  }

  /** Milliseconds since it was last heard of, if it has something to do. */
  get silence(): number {
    return this.#parcels.size > 0 ? performance.now() - this.#heard : 0;
  }

  send(work: RowWork, range: Range, receiver: Receiver): void {
    const slot = this.#free.at(-1)!;
    const { program } = work;
    const { inputs, out, transfer } = pack(work, range, slot, this.#shared);
    const id = this.#parcelCount++;
    this.#thread.post({ id, rows: range.rows, inputs, out, ...(program !== this.#program && { program: sendable(program) }) }, transfer);
    this.#program = program;
    this.#free.pop();
    if (this.#parcels.size === 0) this.#heard = performance.now();
    this.#parcels.set(id, { work, range, slot, receiver });
  }

  /** A run has ended: what its parcels bring is not wanted any more. */
  forget(): void {
    this.pace = new Pace();
    for (const id of this.#parcels.keys()) this.#forgotten.add(id);
  }

  /** Ends the worker. Who waits for parcels gets their rows back. */
  die(reason: string): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#thread.end();
    for (const [id, { receiver, range }] of this.#parcels) if (!this.#forgotten.has(id)) receiver.lost(range);
    this.#parcels.clear();
    this.#onDeath(this, reason);
  }

  #receive(answer: Answer): void {
    if (this.isDead) return;
    this.#heard = performance.now();
    if ('failed' in answer) this.die(answer.failed);
    else if ('ready' in answer) this.wasReady = true;
    else this.#deliver(answer);
  }

  #deliver({ id, bad, out, milliseconds }: Done): void {
    const { work, range, slot, receiver } = this.#parcels.get(id)!;
    this.#parcels.delete(id);
    slot.buffer = out.buffer;
    this.#free.push(slot);
    if (this.#forgotten.delete(id)) return;
    if (!bad) work.out.set(out, (range.from * out.length) / range.rows);
    this.pace.note(range.rows, milliseconds);
    receiver.delivered(this, range, bad);
  }
}

/** Brings rows into a slot. Inputs that are shared stay where they are. */
function pack({ program, inputs }: RowWork, { from, rows }: Range, slot: Slot, shared: boolean): { inputs: Float32Array[]; out: Float32Array; transfer: ArrayBuffer[] } {
  const outWidth = program.steps.at(-1)?.width ?? 0;
  const width = program.inputs.reduce((sum, input, index) => sum + (isShared(inputs[index]!) ? 0 : input.width), outWidth);
  const buffer = reserve(slot, 4 * rows * width, shared);
  let at = 0;
  const place = (of: number): Float32Array => {
    const view = new Float32Array(buffer, at, rows * of);
    at += view.byteLength;
    return view;
  };
  const views = inputs.map((data, index) => {
    const of = program.inputs[index]!.width;
    const part = data.subarray(from * of, (from + rows) * of);
    if (isShared(part)) return part;
    const view = place(of);
    view.set(part);
    return view;
  });
  return { inputs: views, out: place(outWidth), transfer: shared ? [] : [buffer as ArrayBuffer] };
}

/** Sizes are powers of two, so that parcels of like sizes need no new memory. */
function reserve(slot: Slot, bytes: number, shared: boolean): ArrayBufferLike {
  if (slot.buffer.byteLength >= bytes && slot.buffer.byteLength > 0) return slot.buffer;
  const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, 2 ** 16)));
  return slot.buffer = shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size);
}

/** A view travels with all of its buffer, so constants that are parts are cut out. */
function sendable(program: Program): Program {
  const cut = (data: Float32Array | Uint32Array): Float32Array | Uint32Array =>
    data.byteLength === data.buffer.byteLength || (data instanceof Float32Array && isShared(data)) ? data : data.slice();
  return { ...program, constants: program.constants.map(cut) };
}
