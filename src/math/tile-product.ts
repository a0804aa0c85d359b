import largeSource from '../../shaders/math/tile-product-large.wgsl?raw';
import sharedSource from '../../shaders/math/tile-product-shared.wgsl?raw';
import smallSource from '../../shaders/math/tile-product.wgsl?raw';
import type { CpuCall, Dispatch, Kernel, Piece, Regime } from '../engine/kernel.ts';
import { commonPieces } from './pieces.ts';

/** How a product x yᵀ is cut: the rows and columns of the tile that an item makes, and its WGSL. */
interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly piece: Piece;
}

const small: Tile = { rows: 4, columns: 4, piece: { name: 'math/tile-product.wgsl', source: smallSource } };
const large: Tile = { rows: 32, columns: 16, piece: { name: 'math/tile-product-large.wgsl', source: largeSource } };
const shared: Tile = { rows: 64, columns: 64, piece: { name: 'math/tile-product-shared.wgsl', source: sharedSource } };

/** Up to here the sums of the large tile, which are not compensated, err little more than the features themselves. */
const longestPlainRow = 1024;

/** Tiles in workgroup memory, or in the registers of one lane: which, may follow from the block at hand. */
type Choice = (dispatch: Dispatch<unknown>) => Tile;

/** By the length of rows alone, so that it does not change a bit how the result is cut into blocks. */
export const sameForBlocks: Choice = ({ inputs }) => (inputs[0]!.width <= longestPlainRow ? large : small);

/** Small tiles where large ones would be mostly empty. */
export const fittingBlocks: Choice = (dispatch) => {
  const { rows, width } = dispatch;
  return rows >= large.rows && width >= large.columns ? sameForBlocks(dispatch) : small;
};

/** Numbers in a row that is padded to whole quads. */
export function paddedWidth(width: number): number {
  return 4 * Math.ceil(width / 4);
}

/** The first inputs of such a kernel, whose rows are read in quads. */
export const tileInputs = { x_quads: 'vec4<f32>', y_quads: 'vec4<f32>' } as const;

/**
 * What kernels of a matrix product x yᵀ have in common. Their WGSL binds `x_quads` and `y_quads`, whose rows are padded
 * to whole quads, and gives `store_product`; `quads` of their uniforms counts those of a row.
 */
export function tileProduct<Parameters>(consumer: Piece, choice: Choice): Pick<Kernel<Parameters>, 'pieces' | 'over' | 'items'> {
  const tileOf = (dispatch: Dispatch<Parameters>, regime: Regime): Tile => (regime === 'lane' ? choice(dispatch) : shared);
  return {
    pieces: (dispatch, regime) => [...commonPieces, consumer, tileOf(dispatch, regime).piece],
    over: 'tiles',
    items: (dispatch, regime) => {
      const { rows, columns } = tileOf(dispatch, regime);
      return Math.ceil(dispatch.rows / rows) * Math.ceil(dispatch.width / columns);
    },
  };
}

/** Rows that the CPU multiplies at once (assembly/math/product.ts). */
const panel = 16;

/** What functions of the CPU that multiply rows of x and y want: room for a panel, and for its sums in f64. */
export function panelCall({ width, inputs }: Dispatch<unknown>): Pick<CpuCall, 'rowsAtOnce' | 'scratch'> {
  return { rowsAtOnce: panel, scratch: 4 * panel * (paddedWidth(inputs[0]!.width) + 2 * paddedWidth(width)) };
}
