import { tablePiece, type ElementType, type Frame } from './frame.ts';
import type { InputRange, Piece } from './piece.ts';

export type { InputRange, Piece } from './piece.ts';

/** How the rows of a batch are laid over invocations: one row a lane, one row a team of lanes, or one row a workgroup. */
export type Regime = 'lane' | 'team' | 'workgroup';

/** A constant table made on the host, such as the coefficients of one α. Tables with equal keys are the same. */
export interface Table {
  readonly key: string;
  readonly make: () => Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
}

/** One of a kernel, with the type of its elements. */
export interface KernelTable extends Table {
  readonly type: ElementType;
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
 * order, and the table in group 1; its frame states them. Rows begin at `<input>_row(row)`, which is the same for all
 * rows of an input that has one for the whole batch.
 * A kernel that folds blocks of columns has one more input, `before`: the result of the blocks before. It means nothing
 * with the first, whose uniform `column_from` is 0. One that sums rows of a batch adds to its output, which is zeros at
 * first: `column_from` is the first of these rows, and `row_from` the first row of the result.
 */
export interface Kernel<Parameters> {
  /** A function where it follows from the dispatch. */
  readonly frame: Frame | ((dispatch: Dispatch<Parameters>) => Frame);
  /** The functions that the frame calls, and what they call. */
  readonly pieces: readonly Piece[] | ((dispatch: Dispatch<Parameters>, regime: Regime) => readonly Piece[]);
  /** Which input each of the bindings gets, where it is not the order of the arguments. */
  readonly order?: (dispatch: Dispatch<Parameters>) => readonly number[];
  readonly values?: (dispatch: Dispatch<Parameters>) => Readonly<Record<string, number>>;
  readonly table?: (dispatch: Dispatch<Parameters>) => KernelTable | undefined;
  /** 'rows': an item is a row and follows the regime, 'tiles' likewise. 'elements': an item is an invocation of its own. */
  readonly over: 'rows' | 'tiles' | 'elements';
  /** Whether it adds to its output, which holds what the blocks before have left, and zeros before the first. */
  readonly accumulates?: true;
  /** Whether lanes take four outcomes at a time, and rows may share a workgroup. */
  readonly teams?: true;
  /** Where these are not the rows, or all numbers of the result. */
  readonly items?: (dispatch: Dispatch<Parameters>, regime: Regime) => number;
  /**
   * Of a loop: how many steps it makes in all, and how often a lane with a row of its own goes round loops in one. A dispatch
   * makes some of them, `steps` from the `first_step`-th on, which are uniforms: all but the first go on with what the
   * result holds. Rows that are not done put 1 into the word after the result. Nothing where one dispatch makes all.
   */
  readonly loop?: (dispatch: Dispatch<Parameters>) => LoopExtent | undefined;
  /** How often a lane would go round its loops if it had the item for itself, where that is not the width of the first input. */
  readonly iterations?: (dispatch: Dispatch<Parameters>) => number;
}

export interface LoopExtent {
  readonly steps: number;
  readonly turns: number;
  /** The column of the result that says whether a row goes on, if rows may be done before. */
  readonly active?: number;
}

export function frameOf<Parameters>({ frame }: Kernel<Parameters>, dispatch: Dispatch<Parameters>): Frame {
  return typeof frame === 'function' ? frame(dispatch) : frame;
}

export function itemsOf<Parameters>(
  { items, over }: Kernel<Parameters>, dispatch: Dispatch<Parameters>, regime: Regime,
): number {
  if (items) return items(dispatch, regime);
  return over === 'elements' ? dispatch.rows * dispatch.width : dispatch.rows;
}

/** The WGSL of a dispatch, but for that of its regime. */
export function piecesOf<Parameters>(
  kernel: Kernel<Parameters>, dispatch: Dispatch<Parameters>, regime: Regime,
): readonly Piece[] {
  const { pieces, order } = kernel;
  const inputs = order?.(dispatch).map((input) => dispatch.inputs[input]!) ?? dispatch.inputs;
  const table = kernel.table?.(dispatch);
  const own = typeof pieces === 'function' ? pieces(dispatch, regime) : pieces;
  return [...frameOf(kernel, dispatch).pieces(inputs), ...(table ? [tablePiece(table.type)] : []), ...own];
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
