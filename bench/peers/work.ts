/** What Dually and its peers compute from the same numbers. */
export type Task = 'KL' | 'KL of logits' | 'KL of all pairs';

export interface Work {
  readonly task: Task;
  readonly rows: number;
  /** Rows of q; as many as of p unless all pairs are asked for. */
  readonly columns: number;
  readonly outcomes: number;
  readonly p: Float32Array<ArrayBuffer>;
  readonly q: Float32Array<ArrayBuffer>;
}

/** Work whose inputs are where the library computes. */
export interface Prepared {
  /** From the inputs to the numbers on the host. */
  run(): Promise<Float32Array>;
  dispose(): void;
}

/** One library on one of its backends. */
export interface Peer {
  readonly library: string;
  readonly version: string;
  readonly backend: string;
  /** Throws, with the reason, where the backend cannot be had. */
  start(): Promise<void>;
  prepare(work: Work): Promise<Prepared>;
}

/** What every file in libraries/ exports. */
export interface PeerModule {
  readonly peers: readonly Peer[];
}
