import type { UniformLayout } from './uniform-layout.ts';
import type { Form } from './forms.ts';
import type { Storage } from './storage.ts';

/**
 * One WGSL file. Pieces are joined in order; a piece sees what the pieces before and after it declare. Pipelines are kept by
 * the identity of their pieces, so a piece is made once.
 */
export interface Piece {
  /** The path under shaders/, which compiler messages show. */
  readonly name: string;
  readonly source: string;
  /** The column that compiler messages show, where it is not that of the source. */
  readonly columnOf?: (line: number, column: number) => number;
}

/** How the rows of a batch are laid over invocations: one row a lane, one row a team of lanes, or one row a workgroup. */
export type Regime = 'lane' | 'team' | 'workgroup';

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
  /** 'f32' where it is not said. */
  readonly storage?: Storage;
  /** Whether rows begin at multiples of four numbers, where that does not follow from their width. */
  readonly inQuads?: boolean;
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
 * with the first, whose uniform `column_from` is 0. One that sums rows of a batch adds to its output, which is zeros at
 * first: `column_from` is the first of these rows, and `row_from` the first row of the result.
 */
export interface Kernel<Parameters> {
  /** Functions where they follow from the dispatch. */
  readonly pieces: readonly Piece[] | ((dispatch: Dispatch<Parameters>, regime: Regime) => readonly Piece[]);
  readonly uniforms: UniformLayout | ((dispatch: Dispatch<Parameters>) => UniformLayout);
  /** What the uniforms call the inputs in the order of their bindings, where it is not the names of the arguments. */
  readonly names?: readonly string[];
  /** Which input each of the bindings gets, where it is not the order of the arguments. */
  readonly order?: (dispatch: Dispatch<Parameters>) => readonly number[];
  readonly values?: (dispatch: Dispatch<Parameters>) => Readonly<Record<string, number>>;
  readonly tables?: (dispatch: Dispatch<Parameters>) => readonly Table[];
  /** Whether it loads its inputs through `loaderPieces`. Other kernels get halves widened to f32. */
  readonly readsHalves?: boolean;
  /** The inputs that it reads in quads alone: their rows begin at multiples of four numbers, and are padded to whole quads. */
  readonly readsQuads?: readonly number[];
  /** 'rows': an item is a row and follows the regime, 'tiles' likewise. 'elements': an item is an invocation of its own. */
  readonly over: 'rows' | 'tiles' | 'elements';
  /** Whether it adds to its output, which holds what the blocks before have left, and zeros before the first. */
  readonly accumulates?: true;
  /** Whether lanes take four outcomes at a time, and main() leaves only where is_idle() says so: rows may share a workgroup. */
  readonly teams?: true;
  readonly items: (dispatch: Dispatch<Parameters>, regime: Regime) => number;
  /**
   * Of a loop: how many steps it makes in all, and how often a lane with a row of its own goes round loops in one. A dispatch
   * makes some of them, `steps` from the `first_step`-th on, which are uniforms: all but the first go on with what the
   * result holds. Rows that are not done put 1 into the word after the result.
   */
  readonly loop?: (dispatch: Dispatch<Parameters>) => LoopExtent;
  /** How often a lane would go round its loops if it had the item for itself, where that is not the width of the first input. */
  readonly iterations?: (dispatch: Dispatch<Parameters>) => number;
}

export interface LoopExtent {
  readonly steps: number;
  readonly turns: number;
  /** The column of the result that says whether a row goes on, if rows may be done before. */
  readonly active?: number;
}

export function uniformsOf<Parameters>({ uniforms }: Kernel<Parameters>, dispatch: Dispatch<Parameters>): UniformLayout {
  return typeof uniforms === 'function' ? uniforms(dispatch) : uniforms;
}

/** The WGSL of a dispatch. */
export function piecesOf<Parameters>({ pieces }: Kernel<Parameters>, dispatch: Dispatch<Parameters>, regime: Regime): readonly Piece[] {
  return typeof pieces === 'function' ? pieces(dispatch, regime) : pieces;
}

/**
 * What the fast path of the CPU does for a dispatch: it calls a function of the WebAssembly module (assembly/index.ts), as
 *
 *     name(rows, width, result, scratch, then of each input: its place, rows and width, then the places of the tables, then the numbers)
 *
 * A function of inputs as many as come finds what follows the scratch at its beginning, as f64, the tables first.
 */
export interface CpuCall {
  readonly name: string;
  /** Which inputs it gets, where it is not the arguments in their order. */
  readonly order?: readonly number[];
  readonly tables?: readonly Table[];
  readonly numbers?: readonly number[];
  /** Bytes that it needs for itself, and for arguments that it finds there. */
  readonly scratch?: number;
  readonly argumentsInScratch?: true;
  /** The argument whose place the result may take, number by number. */
  readonly inPlaceOf?: number;
  /** Rows that it does in the time of one. */
  readonly rowsAtOnce?: number;
}
