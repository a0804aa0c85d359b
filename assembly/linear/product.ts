/** Products x yᵀ of all rows of x and y. Twin: src/linear/product.ts */
import { PANEL, panelProducts } from '../math/product';

/** The scratch holds a panel and its sums. */
export function product(
  rows: i32, columns: i32, out: usize, scratch: usize, x: usize, _rowsOfX: i32, width: i32, y: usize, _rowsOfY: i32, _widthOfY: i32,
): void {
  for (let row = 0; row < rows; row += PANEL) {
    panelProducts(min(rows - row, PANEL), columns, out + (<usize>row * columns << 2), scratch, x + (<usize>row * width << 2), y, width);
  }
}
