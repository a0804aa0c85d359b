import type { Layout } from './layout.ts';
import type { Form } from './forms.ts';

/** One WGSL file. Pieces are joined in order; a piece sees what the pieces before and after it declare. */
export interface Piece {
  /** The path under shaders/, which compiler messages show. */
  readonly name: string;
  readonly source: string;
}

/** How the items of a dispatch, mostly rows, are laid over invocations: one item a lane, or one item a workgroup. */
export type Regime = 'lane' | 'workgroup';

/** A constant table made on the host, such as the coefficients of one α. Tables with equal keys are the same. */
export interface Table {
  readonly key: string;
  readonly make: () => Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
}

/** The part of one input that a dispatch reads. */
export interface InputRange {
  readonly form: Form;
  /** Rows in the range; 1 for a row that serves the whole batch. */
  readonly rows: number;
  /** Numbers in one row. */
  readonly width: number;
}

/** What one dispatch is about: the block of the result it writes, and the ranges it reads. */
export interface Dispatch<Parameters> {
  readonly parameters: Parameters;
  /** Rows of the block of the result, and numbers in each of them. */
  readonly rows: number;
  readonly width: number;
  readonly inputs: readonly InputRange[];
}

/**
 * The GPU half of an operation. The shader's bindings are the inputs, the output and the uniforms in group 0, in this
 * order, and the tables in group 1.
 * Besides what `values` gives, the engine fills the uniforms `rows`, `width`, `zero`, and `<input>_start` and
 * `<input>_stride` (in numbers, 0 for a row that serves the whole batch) where the layout names them.
 * A kernel that folds blocks of columns has one more input, `before`: the result of the blocks before. It means nothing
 * with the first, whose uniform `column_from` is 0.
 */
export interface Kernel<Parameters> {
  readonly pieces: (dispatch: Dispatch<Parameters>, regime: Regime) => readonly Piece[];
  readonly uniforms: Layout;
  /** What the uniforms call the inputs, where it is not the names of the arguments. */
  readonly names?: readonly string[];
  readonly values?: (dispatch: Dispatch<Parameters>) => Readonly<Record<string, number>>;
  readonly tables?: (dispatch: Dispatch<Parameters>) => readonly Table[];
  /** 'rows': an item is a row and follows the regime, 'tiles' likewise. 'elements': an item is an invocation of its own. */
  readonly over: 'rows' | 'tiles' | 'elements';
  readonly items: (dispatch: Dispatch<Parameters>, regime: Regime) => number;
  /** How often a lane would go round its loops if it had the item for itself, where that is not the width of the first input. */
  readonly iterations?: (dispatch: Dispatch<Parameters>) => number;
}
