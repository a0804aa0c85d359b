import type { Tensor } from './tensor.ts';

/** A loop of a run: what it makes, from which row on, and the steps that the loops around it had come to. */
export interface Loop {
  readonly tensor: Tensor;
  readonly from: number;
  readonly around: string;
}

/** What a loop had come to: the state after some steps. */
export interface Checkpoint {
  readonly steps: number;
  readonly state: Float32Array<ArrayBuffer>;
}

/** Milliseconds of work that a lost device may cost. */
const interval = 2000;

/** What the loops of a run had come to, on the host: a device that is lost costs no more than the time since. */
export class Checkpoints {
  /** What compositions came to: so the tensors of a run are the same when it is begun anew. */
  readonly lowered: Map<Tensor, Tensor> = new Map<Tensor, Tensor>();
  readonly #kept = new Map<Tensor, Map<number, Checkpoint & { readonly around: string }>>();
  #last = performance.now();
  /** How often one was kept. */
  count = 0;

  get isDue(): boolean {
    return performance.now() - this.#last > interval;
  }

  get({ tensor, from, around }: Loop): Checkpoint | undefined {
    const known = this.#kept.get(tensor)?.get(from);
    return known?.around === around ? known : undefined;
  }

  keep({ tensor, from, around }: Loop, checkpoint: Checkpoint): void {
    const ofTensor = this.#kept.get(tensor) ?? new Map<number, Checkpoint & { readonly around: string }>();
    this.#kept.set(tensor, ofTensor.set(from, { ...checkpoint, around }));
    this.#last = performance.now();
    this.count++;
  }
}
