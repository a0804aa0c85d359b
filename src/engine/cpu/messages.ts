/** What goes between an engine and its workers. */

import type { BadRow, Program } from './program.ts';

/** Comes first. */
export interface Opening {
  readonly module: WebAssembly.Module;
}

/** Rows to be run. What is not shared comes in one buffer, and goes back with the answer. */
export interface RowTask {
  readonly id: number;
  /** Only if it is not that of the task before. */
  readonly program?: Program;
  readonly rows: number;
  readonly inputs: readonly Float32Array[];
  readonly out: Float32Array;
}

export type Order = Opening | RowTask;

export interface Done {
  readonly id: number;
  readonly bad: BadRow | undefined;
  readonly milliseconds: number;
  /** The results, where the task wanted them. */
  readonly out: Float32Array;
}

/** `ready` answers the opening; `failed` ends the worker. */
export type Answer = Done | { readonly ready: true } | { readonly failed: string };
