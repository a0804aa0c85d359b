/** Products xᵀ y, summed over the rows of a batch. Twin: src/linear/gram.ts */
import { addProducts, PANEL, storeSums, stripOf } from '../math/product';
import { strideOf } from '../math/quads';

/** Rows of the batch that the nearest cache has, while all columns of y go by. */
const CHUNK = 64;

/** Some rows of the result, whose numbers `row` has: 16 at a time, of which those beyond the last are not stored. The scratch holds their sums. */
export function gram(
  rows: i32, width: i32, out: usize, sums: usize, x: usize, rowsOfX: i32, widthOfX: i32, y: usize, rowsOfY: i32, _widthOfY: i32, row: usize, _rows: i32, _one: i32,
): void {
  const count = rowsOfX === 1 ? rowsOfY : rowsOfX;
  const strideX = strideOf(rowsOfX, widthOfX);
  const strideY = strideOf(rowsOfY, width);
  x += (<usize>load<u32>(row)) << 2;
  for (let first = 0; first < rows; first += PANEL, x += PANEL << 2) {
    memory.fill(sums, 0, 4 * stripOf(width));
    for (let b = 0; b < count; b += CHUNK) {
      for (let j = 0; j < width; j += 2) {
        const column = y + <usize>b * strideY + (<usize>j << 2);
        addProducts(sums + (<usize>j << 5), stripOf(width), min(CHUNK, count - b), x + <usize>b * strideX, strideX, column, j + 1 < width ? column + 4 : column, strideY, false);
      }
    }
    storeSums(out + (<usize>first * width << 2), sums, min(rows - first, PANEL), width);
  }
}
