/**
 * The Fisher information of a row times a vector, in O(K) and without the matrix.
 * Twin: shaders/geometry/fisher-vector-product.wgsl
 */
import { CENTRED, centre, putTerms, weighted } from '../math/centred';
import { lower, narrowed, strideOf, upper } from '../math/quads';
import { massOf, putQuad, quadAt, weightAt } from '../math/rows';

/** p (v − p·v) in θ and logits, v/p + Σv/p_K in η. */
export function fisherVectorProduct(rows: i32, width: i32, out: usize, scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, v: usize, rowsOfV: i32, _widthOfV: i32, inEta: f64): void {
  for (let row = 0; row < rows; row++) {
    if (inEta === 0) {
      const inverse = centre(p, outcomes, v, width, 1, scratch);
      weighted(CENTRED, p, v, width, scratch);
      putTerms(out, width, scratch, inverse);
    } else {
      multiplyInEta(out, p, outcomes, v, (<usize>width) << 2);
    }
    out += (<usize>width) << 2;
    p += strideOf(rowsOfP, outcomes);
    v += strideOf(rowsOfV, width);
  }
}

/** Infinite where p is 0 and v is not. */
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
function overProbability(x: v128, weight: v128, mass: v128): v128 {
  return v128.and(f64x2.div(x, f64x2.div(weight, mass)), f64x2.ne(x, f64x2.splat(0)));
}

/** The sum of two numbers of which either may be infinite; the first one wins, so that there is no NaN. */
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
