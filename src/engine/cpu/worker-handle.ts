import { anotherScript } from '../workers.ts';
import type { RowRange } from './row-queue.ts';
import type { Answer, Done } from './messages.ts';
import { Pace } from './pace.ts';
import { pack, sendable, type Slot } from './packing.ts';
import type { BadRow, Program, RowWork } from './program.ts';
import type { CpuThread, CpuThreadEvents } from './thread.ts';

/** Tasks that a worker has at a time: while it runs one, the next is there. */
const depth = 2;

export interface Receiver {
  delivered(worker: WorkerHandle, range: RowRange, bad: BadRow | undefined): void;
  lost(range: RowRange): void;
}

/** A task that the worker has. */
interface Sent {
  readonly work: RowWork;
  readonly range: RowRange;
  readonly slot: Slot;
  readonly receiver: Receiver;
}

/** A worker as its engine sees it: takes tasks of rows, and brings the results. */
export class WorkerHandle {
  /** Of the run that is going on. */
  pace: Pace = new Pace();
  isDead = false;
  /** Whether it ever answered. */
  wasReady = false;
  readonly #thread: CpuThread;
  readonly #shared: boolean;
  readonly #onDeath: (worker: WorkerHandle, reason: string) => void;
  readonly #free: Slot[] = Array.from({ length: depth }, () => ({ buffer: new ArrayBuffer(0) }));
  readonly #tasks = new Map<number, Sent>();
  readonly #forgotten = new Set<number>();
  readonly #born = performance.now();
  #program: Program | undefined;
  #taskCount = 0;
  #heard = 0;

  constructor(
    start: (events: CpuThreadEvents) => CpuThread,
    module: WebAssembly.Module,
    shared: boolean,
    onDeath: (worker: WorkerHandle, reason: string) => void,
  ) {
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

  /** Milliseconds that it has been starting, if it has not started yet. */
  get birth(): number {
    return this.wasReady ? 0 : performance.now() - this.#born;
  }

  /** Milliseconds since it was last heard of, if it has something to do. */
  get silence(): number {
    return this.#tasks.size > 0 ? performance.now() - this.#heard : 0;
  }

  send(work: RowWork, range: RowRange, receiver: Receiver): void {
    const slot = this.#free.at(-1)!;
    const { program } = work;
    const { inputs, out, transfer } = pack(work, range, slot, this.#shared);
    const id = this.#taskCount++;
    this.#thread.post(
      { id, rows: range.rows, inputs, out, ...(program !== this.#program && { program: sendable(program) }) },
      transfer,
    );
    this.#program = program;
    this.#free.pop();
    if (this.#tasks.size === 0) this.#heard = performance.now();
    this.#tasks.set(id, { work, range, slot, receiver });
  }

  /** A run has ended: what its tasks bring is not wanted any more. */
  forget(): void {
    this.pace = new Pace();
    for (const id of this.#tasks.keys()) this.#forgotten.add(id);
  }

  /** Ends the worker. Who waits for tasks gets their rows back. */
  die(reason: string): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#thread.end();
    for (const [id, { receiver, range }] of this.#tasks) if (!this.#forgotten.has(id)) receiver.lost(range);
    this.#tasks.clear();
    this.#onDeath(this, reason);
  }

  #receive(answer: Answer): void {
    if (this.isDead) return;
    this.#heard = performance.now();
    if ('failed' in answer) this.die(String(answer.failed));
    else if ('ready' in answer) this.wasReady = true;
    else if (this.#tasks.has(answer.id)) this.#deliver(answer);
    else this.die(anotherScript);
  }

  #deliver({ id, bad, out, milliseconds }: Done): void {
    const { work, range, slot, receiver } = this.#tasks.get(id)!;
    this.#tasks.delete(id);
    slot.buffer = out.buffer;
    this.#free.push(slot);
    if (this.#forgotten.delete(id)) return;
    if (!bad) work.out.set(out, (range.from * out.length) / range.rows);
    this.pace.note(range.rows, milliseconds);
    receiver.delivered(this, range, bad);
  }
}
