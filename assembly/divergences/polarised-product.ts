/**
 * D(p_i‖q_j) = D(p_i‖c) + D(c‖q_j) − Σ_k x_ik y_jk, or −1 where that cancels too much to be trusted.
 * Twin: shaders/divergences/polarised-product.wgsl
 */
import { PANEL, panelProducts } from '../math/product';
import { partial, quad, storePartial } from '../math/quads';

/** Rows of features are whole quads. The scratch holds a panel and its sums. */
export function polarisedProduct(
  rows: i32, columns: i32, out: usize, scratch: usize, x: usize, _rowsOfX: i32, width: i32, y: usize, _rowsOfY: i32, _widthOfY: i32,
  toCentre: usize, _rowsTo: i32, _widthTo: i32, fromCentre: usize, _rowsFrom: i32, _widthFrom: i32, share: f64,
): void {
  for (let row = 0; row < rows; row += PANEL) {
    const count = min(rows - row, PANEL);
    panelProducts(count, columns, out, scratch, x + (<usize>row * width << 2), y, width);
    for (let end = toCentre + (<usize>count << 2); toCentre < end; toCentre += 4, out += <usize>columns << 2) settleRow(out, columns, toCentre, fromCentre, quad(<f32>share));
  }
}

function settleRow(out: usize, columns: i32, toCentre: usize, fromCentre: usize, share: v128): void {
  const to = v128.load32_splat(toCentre);
  const end = out + ((<usize>columns & ~3) << 2);
  for (; out < end; out += 16, fromCentre += 16) v128.store(out, settled(v128.load(out), to, v128.load(fromCentre), share));
  const rest = columns & 3;
  if (rest > 0) storePartial(out, settled(partial(out, rest), to, partial(fromCentre, rest), share), rest);
}

/** The product errs by a few u (D(p‖c) + D(c‖q)); below a share of this detour that is too much of what is left. */
@inline
function settled(product: v128, to: v128, from: v128, share: v128): v128 {
  const detour = f32x4.add(to, from);
  const divergence = f32x4.sub(detour, product);
  const isSettled = v128.and(f32x4.gt(divergence, f32x4.mul(share, detour)), f32x4.lt(divergence, quad(Infinity)));
  return v128.bitselect(divergence, quad(-1), isSettled);
}
