/**
 * φ_α(p, q) = (b p + a q − p^b q^a)/(ab) without log, exp or pow: the three-point identity round q₀ with a table in k.
 * Twin: shaders/divergences/alpha-term.wgsl; src/math/alpha-table.ts makes the table.
 */
import { mulAdd } from '../math/quads';

const HEAD: usize = 128;
const REACH: usize = 280;

@inline
function coefficient(table: usize, index: usize): v128 {
  return v128.load32_splat(table + (index << 2));
}

/** G(s) to degree 10: the even and the odd powers apart, for two chains side by side. */
@inline
export function seriesAt(table: usize, s: v128): v128 {
  const z = f32x4.mul(s, s);
  let even = mulAdd(coefficient(table, 10), z, coefficient(table, 8));
  let odd = mulAdd(coefficient(table, 9), z, coefficient(table, 7));
  even = mulAdd(even, z, coefficient(table, 6));
  odd = mulAdd(odd, z, coefficient(table, 5));
  even = mulAdd(even, z, coefficient(table, 4));
  odd = mulAdd(odd, z, coefficient(table, 3));
  even = mulAdd(even, z, coefficient(table, 2));
  odd = mulAdd(odd, z, coefficient(table, 1));
  return mulAdd(odd, s, mulAdd(even, z, coefficient(table, 0)));
}

/** G(s) to degree 18. */
export function longSeriesAt(table: usize, s: v128): v128 {
  let g = coefficient(table, 18);
  for (let index: i32 = 17; index >= 0; index--) g = mulAdd(g, s, coefficient(table, index));
  return g;
}

@inline
function rowAt(table: usize, binades: v128, lane: u8): v128 {
  const k = lane === 0 ? i32x4.extract_lane(binades, 0) : lane === 1 ? i32x4.extract_lane(binades, 1) : lane === 2 ? i32x4.extract_lane(binades, 2) : i32x4.extract_lane(binades, 3);
  return v128.load(table + HEAD + ((<usize>(k >> 23) + REACH) << 4));
}

/** Exponents that the rows have left over, by the last call of `alphaTerm`. */
export let exponents: v128 = i32x4.splat(0);

/** The term relative to the larger of p and q, in units of u = q₀ or, where q < p, of 2^k u. */
@inline
export function alphaTerm(table: usize, u: v128, d: v128, s: v128, binades: v128, series: v128, withExponents: bool): v128 {
  const x = rowAt(table, binades, 0);
  const y = rowAt(table, binades, 1);
  const z = rowAt(table, binades, 2);
  const w = rowAt(table, binades, 3);
  const xy = i8x16.shuffle(x, y, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23); // c0 c0 c1 c1
  const zw = i8x16.shuffle(z, w, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const c0 = i8x16.shuffle(xy, zw, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  const c1 = i8x16.shuffle(xy, zw, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  const high = i8x16.shuffle(x, y, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31); // c2 c2 e e
  const higher = i8x16.shuffle(z, w, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const c2 = i8x16.shuffle(high, higher, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  if (withExponents) exponents = i8x16.shuffle(high, higher, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  return mulAdd(d, mulAdd(f32x4.mul(c2, s), series, c1), f32x4.mul(u, c0));
}

/** What brings a term that is relative to the larger of p and q to units of q₀: 2^−k where q < p. */
@inline
export function largerPower(binades: v128): v128 {
  return i32x4.sub(i32x4.splat(0x3f800000), i32x4.min_s(binades, i32x4.splat(0)));
}
