/** Sums and greatest numbers of stretches, each joined to what the stretches before have left. */
import { bytes, count, from, isAcross, QUAD } from './state';

export const SUM = 0;
export const MAX = 1;

@inline
function joined(kind: i32, x: v128, y: v128): v128 {
  return kind === SUM ? f64x2.add(x, y) : f64x2.pmax(x, y);
}

@inline
function term(kind: i32, x: v128, y: v128): v128 {
  return kind === SUM ? f64x2.mul(x, y) : x;
}

@inline
function splat(d: usize, x: f64): void {
  v128.store(d, f64x2.splat(x));
  v128.store(d, f64x2.splat(x), 16);
}

@inline
function swapped(x: v128): v128 {
  return i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

/** Σ x y, or max x. */
@inline
export function reduce(kind: i32, d: usize, x: usize, y: usize, step: usize): void {
  if (isAcross) {
    for (const end = d + bytes; d < end; d += 16, x += 16, y += step >> 1) {
      v128.store(d, joined(kind, v128.load(d), term(kind, v128.load(x), v128.load(y))));
    }
    return;
  }
  let first = v128.load64_zero(d);
  if (kind === MAX) first = v128.load64_splat(d);
  let second = kind === SUM ? f64x2.splat(0) : first;
  for (const end = x + ((<usize>(count >> 2)) << 5); x < end; x += QUAD, y += step) {
    first = joined(kind, first, term(kind, v128.load(x), v128.load(y)));
    second = joined(kind, second, term(kind, v128.load(x, 16), v128.load(y, 16)));
  }
  for (let rest = count & 3; rest > 0; rest--, x += 8, y += step >> 2) {
    const last = kind === SUM ? f64x2.mul(v128.load64_zero(x), v128.load64_zero(y)) : v128.load64_splat(x);
    first = joined(kind, first, last);
  }
  first = joined(kind, first, second);
  splat(d, f64x2.extract_lane(joined(kind, first, swapped(first)), 0));
}

/** The index of the first of the greatest, which is kept beside. */
export function argmax(d: usize, x: usize, greatest: usize): void {
  if (isAcross) {
    for (const end = d + bytes; d < end; d += 16, x += 16, greatest += 16) {
      const isGreater = f64x2.gt(v128.load(x), v128.load(greatest));
      v128.store(d, v128.bitselect(f64x2.splat(from), v128.load(d), isGreater));
      v128.store(greatest, v128.bitselect(v128.load(x), v128.load(greatest), isGreater));
    }
    return;
  }
  const before = load<f64>(greatest);
  reduce(MAX, greatest, x, x, QUAD);
  const most = load<f64>(greatest);
  if (most <= before) return;
  let k = 0;
  while (load<f64>(x + ((<usize>k) << 3)) !== most) k++;
  splat(d, <f64>(from + k));
}
