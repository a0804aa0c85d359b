/**
 * D(p_i‖q_j) = D(p_i‖c) + D(c‖q_j) − Σ_k x_ik y_jk, or −1 where that cancels too much to be trusted.
 * Twin: shaders/divergences/polarised-product.wgsl
 */
import { evenPairs, lowerHalves, oddPairs, PANEL, packPanel, panelProduct, stripOf, upperHalves } from '../math/product';
import { narrowed, quad, quadOf, storePartial } from '../math/quads';

/** Rows of features are whole quads. The scratch holds a panel and its sums. */
export function polarisedProduct(
  rows: i32, columns: i32, out: usize, panel: usize, x: usize, _rowsOfX: i32, width: i32, y: usize, _rowsOfY: i32, _widthOfY: i32,
  toCentre: usize, _rowsTo: i32, _widthTo: i32, fromCentre: usize, _rowsFrom: i32, _widthFrom: i32, share: f64,
): void {
  const sums = panel + ((<usize>width) << 6);
  for (let row = 0; row < rows; row += PANEL) {
    const count = min(rows - row, PANEL);
    packPanel(panel, x + (<usize>row * width << 2), count, width);
    panelProduct(sums, panel, y, columns, width);
    storeEstimates(out + (<usize>row * columns << 2), sums, count, columns, toCentre + ((<usize>row) << 2), fromCentre, quad(<f32>share));
  }
}

function storeEstimates(out: usize, sums: usize, rows: i32, columns: i32, toCentre: usize, fromCentre: usize, share: v128): void {
  const stride = (<usize>columns) << 2;
  for (let row = 0; row < rows; row += 4, sums += stripOf(columns), out += 4 * stride, toCentre += 16) {
    for (let column = 0; column < columns; column += 4) {
      const count = min(columns - column, 4);
      const at = sums + (<usize>column << 5);
      const a = sumsAt(at);
      const b = sumsAt(at + 32);
      const c = sumsAt(at + 64);
      const d = sumsAt(at + 96);
      const even = evenPairs(a, b);
      const odd = oddPairs(a, b);
      const nextEven = evenPairs(c, d);
      const nextOdd = oddPairs(c, d);
      const to = out + (<usize>column << 2);
      const onward = fromCentre + (<usize>column << 2);
      const from = quadOf(onward, count);
      storeSettled(to, lowerHalves(even, nextEven), toCentre, from, share, count);
      if (row + 1 < rows) storeSettled(to + stride, upperHalves(even, nextEven), toCentre + 4, from, share, count);
      if (row + 2 < rows) storeSettled(to + 2 * stride, lowerHalves(odd, nextOdd), toCentre + 8, from, share, count);
      if (row + 3 < rows) storeSettled(to + 3 * stride, upperHalves(odd, nextOdd), toCentre + 12, from, share, count);
    }
  }
}

@inline
function sumsAt(at: usize): v128 {
  return narrowed(v128.load(at), v128.load(at, 16));
}

/** The product errs by a few u (D(p‖c) + D(c‖q)); below a share of this detour that is too much of what is left. */
@inline
function storeSettled(out: usize, product: v128, toCentre: usize, from: v128, share: v128, count: i32): void {
  const detour = f32x4.add(v128.load32_splat(toCentre), from);
  const divergence = f32x4.sub(detour, product);
  const settled = v128.and(f32x4.gt(divergence, f32x4.mul(share, detour)), f32x4.lt(divergence, quad(Infinity)));
  const estimate = v128.bitselect(divergence, quad(-1), settled);
  if (count === 4) v128.store(out, estimate);
  else storePartial(out, estimate, count);
}
