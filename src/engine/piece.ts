import type { Form } from './forms.ts';
import type { Storage } from './storage.ts';

/**
 * One WGSL file. Pieces are joined in order; a piece sees what the pieces before and after it declare. Pipelines are kept
 * by the identity of their pieces, so a piece is made once.
 */
export interface Piece {
  /** The path under shaders/, which compiler messages show. */
  readonly name: string;
  readonly source: string;
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
