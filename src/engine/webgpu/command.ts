import type { Dispatch, Kernel, Regime } from '../kernel.ts';

/** Rows inside a buffer: where the first begins, and how far on the next one is (0: one row serves all), in numbers. */
export interface Region {
  readonly buffer: GPUBuffer;
  readonly start: number;
  readonly stride: number;
}

/** A dispatch of a kernel, and where its rows lie. */
export interface Command {
  readonly label: string;
  readonly kernel: Kernel<unknown>;
  readonly dispatch: Dispatch<unknown>;
  readonly regime: Regime;
  /** In the order of the bindings. */
  readonly inputs: readonly Region[];
  readonly output: GPUBuffer;
  /** Where the block of columns begins, of a kernel that folds them. */
  readonly columnFrom?: number;
  readonly rowFrom?: number;
  /** The steps that a dispatch of a loop makes. */
  readonly loop?: { readonly first: number; readonly steps: number };
}
