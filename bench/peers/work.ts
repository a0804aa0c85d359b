/** What Dually and its peers compute from the same numbers. */
export type Task =
  | 'KL'
  | 'α = 0.3'
  | 'Hellinger'
  | 'KL of logits'
  | 'KL of all pairs'
  | '100 EG steps'
  | 'Fisher information';

/** The exponents of p and of q in D_α at α = 0.3. */
export const ALPHA = 0.3;
export const EXPONENTS: readonly [number, number] = [(1 - ALPHA) / 2, (1 + ALPHA) / 2];
/** What D_α = SCALE (1 − Σ p^a q^b) begins with. */
export const SCALE: number = 4 / (1 - ALPHA ** 2);

/** Exponentiated gradient from p towards q: w ∝ w e^(η q/w), which lessens KL(q‖w). */
export const STEPS = 100;
export const STEP_SIZE = 0.05;

/** Rows of one length, one after the other. */
export interface Batch {
  readonly rows: number;
  readonly data: Float32Array<ArrayBuffer>;
}

export interface Work {
  readonly task: Task;
  readonly outcomes: number;
  /** p and q; p alone where the task needs no more. */
  readonly batches: readonly Batch[];
}

/** Work that was compiled and, for a GPU, whose inputs are there. */
export interface Prepared {
  /** To the numbers on the host: on a GPU from inputs that are there, on the CPU from the Float32Arrays of the work. */
  run(): Promise<Float32Array>;
  dispose(): void;
}

/** One library on one of its backends. */
export interface Peer {
  readonly library: string;
  readonly version: string;
  readonly backend: 'webgpu' | 'wasm' | 'cpu';
  /** Throws, with the reason, where the backend cannot be had. */
  start(): Promise<void>;
  prepare(work: Work): Promise<Prepared>;
  /** Ends what keeps a process alive. */
  stop?(): void;
}

/** What every file in libraries/ exports. */
export interface PeerModule {
  readonly peers: readonly Peer[];
}

/** How many threads a library may use. */
export function cores(): number {
  return navigator.hardwareConcurrency;
}
