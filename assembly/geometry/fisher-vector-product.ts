/**
 * The Fisher information of a row times a vector, in O(K) and without the matrix.
 * Twin: shaders/geometry/fisher-vector-product.wgsl
 */
import { lower, narrowed, strideOf, total, upper } from '../math/quads';
import { massOf, modeOf, putQuad, quadAt, weightAt } from '../math/rows';

export function fisherVectorProduct(rows: i32, width: i32, out: usize, _scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, v: usize, rowsOfV: i32, _widthOfV: i32, inEta: f64): void {
  const bytes = (<usize>width) << 2;
  for (let row = 0; row < rows; row++) {
    if (inEta !== 0) multiplyInEta(out, p, outcomes, v, bytes);
    else multiplyInTheta(out, p, outcomes, v, width);
    out += bytes;
    p += strideOf(rowsOfP, outcomes);
    v += strideOf(rowsOfV, width);
  }
}

/** p (v − p·v), where in θ the last outcome's v is 0. */
function multiplyInTheta(out: usize, p: usize, outcomes: i32, v: usize, width: i32): void {
  const bytes = (<usize>width) << 2;
  const inverse = 1 / massOf(p, outcomes);
  // A constant in v adds nothing; from the mode, what is left keeps its digits when the mode has all the mass.
  const mode = modeOf(p, outcomes);
  const origin = mode < width ? <f64>load<f32>(v + ((<usize>mode) << 2)) : 0;
  let sum = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = f32x4.abs(quadAt(p + at, p + bytes));
    const x = quadAt(v + at, v + bytes);
    sum = f64x2.add(sum, f64x2.mul(lower(w), f64x2.sub(lower(x), f64x2.splat(origin))));
    sum = f64x2.add(sum, f64x2.mul(upper(w), f64x2.sub(upper(x), f64x2.splat(origin))));
  }
  const last = width < outcomes ? weightAt(p, width) * origin : 0;
  const mean = f64x2.splat((total(sum) - last) * inverse);
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = f32x4.abs(quadAt(p + at, p + bytes));
    const x = quadAt(v + at, v + bytes);
    const low = f64x2.mul(f64x2.mul(lower(w), f64x2.splat(inverse)), f64x2.sub(f64x2.sub(lower(x), f64x2.splat(origin)), mean));
    const high = f64x2.mul(f64x2.mul(upper(w), f64x2.splat(inverse)), f64x2.sub(f64x2.sub(upper(x), f64x2.splat(origin)), mean));
    putQuad(out + at, out + bytes, narrowed(low, high));
  }
}

/** v/p + Σv/p_K, infinite where p is 0 and v is not. */
function multiplyInEta(out: usize, p: usize, outcomes: i32, v: usize, bytes: usize): void {
  const mass = f64x2.splat(massOf(p, outcomes));
  const sum = f64x2.splat(compensatedSum(v, bytes));
  const rest = overProbability(sum, f64x2.splat(weightAt(p, outcomes - 1)), mass);
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = f32x4.abs(quadAt(p + at, p + bytes));
    const x = quadAt(v + at, v + bytes);
    const low = sumOf(overProbability(lower(x), lower(w), mass), rest);
    const high = sumOf(overProbability(upper(x), upper(w), mass), rest);
    putQuad(out + at, out + bytes, narrowed(low, high));
  }
}

/** 0 for x = 0. */
@inline
function overProbability(x: v128, weight: v128, mass: v128): v128 {
  return v128.and(f64x2.div(x, f64x2.div(weight, mass)), f64x2.ne(x, f64x2.splat(0)));
}

/** The sum of two numbers of which either may be infinite; the first one wins, so that there is no NaN. */
@inline
function sumOf(x: v128, y: v128): v128 {
  return v128.bitselect(f64x2.add(x, y), x, f64x2.lt(f64x2.abs(x), f64x2.splat(Infinity)));
}

/** Σv with the errors of its additions, since little may be left of it (Knuth's TwoSum). */
function compensatedSum(v: usize, bytes: usize): f64 {
  let sum: f64 = 0;
  let errors: f64 = 0;
  for (const end = v + bytes; v < end; v += 4) {
    const x = <f64>load<f32>(v);
    const next = sum + x;
    const added = next - sum;
    errors += sum - (next - added) + (x - added);
    sum = next;
  }
  return sum + errors;
}
