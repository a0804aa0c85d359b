/**
 * w KL(p‖m) + (1 − w) KL(q‖m), m = w p + (1 − w) q, of measures: two terms of KL, whose differences with m are multiples of q − p.
 * Twin: src/math/jensen-shannon.ts, which makes the table
 */
import { binades } from '../math/pair';
import { quad } from '../math/quads';
import { klTerm } from './kl-term';

/** The term, for u = q₀ = 2^k p, d = q − q₀ and binades = k 2²³; the table is the WGSL's. */
export function mixtureTerm(table: usize, u: v128, d: v128, binades: v128): v128 {
  const w = v128.load32_splat(table, 80);
  const rest = v128.load32_splat(table, 84);
  const power = i32x4.sub(i32x4.splat(0x3f800000), binades);
  const p = f32x4.mul(u, power);
  const q = f32x4.add(u, d);
  const difference = f32x4.add(f32x4.mul(u, f32x4.sub(quad(1), power)), d); // d itself where k is 0
  const mixture = f32x4.add(f32x4.mul(w, p), f32x4.mul(rest, q));
  const ofP = f32x4.mul(w, termTo(mixture, p, f32x4.mul(rest, difference)));
  return f32x4.add(ofP, f32x4.mul(rest, termTo(mixture, q, f32x4.neg(f32x4.mul(w, difference)))));
}

/** KL of p from m, whose difference is known better than by subtraction where they are near. */
function termTo(m: v128, p: v128, difference: v128): v128 {
  const k = binades(p, m);
  const u = i32x4.add(p, k);
  const d = v128.bitselect(difference, f32x4.sub(m, u), i32x4.eq(k, i32x4.splat(0)));
  return klTerm(u, d, f32x4.div(d, f32x4.add(f32x4.add(u, u), d)), k);
}
