/**
 * What polarisation makes of rows: a positive row c near their mean, and √c T_e(log p/c) of normalised rows p.
 * Twins: shaders/divergences/mean-row.wgsl, polarised-features.wgsl; src/math/alpha-table.ts makes the table.
 */
import { binadesOfDoubles } from '../math/pair';
import { lower, mulAdd, narrowed, quad, quadOf, strideOf, upper } from '../math/quads';
import { massOf } from '../math/rows';

const UNIFORM_SHARE: f64 = 0.0009765625;
const UNEVENNESS: f64 = 0.000244140625;

/** In [0, 1), and unlike those of other outcomes. */
@inline
function uneven(k: i32): f64 {
  return <f64>(<u32>k * 0x9e3779b9) / 4294967296;
}

/** The mean of the rows of p and q, mixed with a little of the uniform row so that it is positive everywhere. */
export function meanRow(_rows: i32, width: i32, out: usize, sums: usize, p: usize, rowsOfP: i32, _outcomesOfP: i32, q: usize, rowsOfQ: i32, _outcomesOfQ: i32): void {
  const uniform = UNIFORM_SHARE / width;
  memory.fill(sums, 0, (<usize>width) << 3);
  const share = (1 - UNIFORM_SHARE) / (rowsOfP + rowsOfQ);
  addRows(sums, p, rowsOfP, width, share);
  addRows(sums, q, rowsOfQ, width, share);
  let mass: f64 = 0;
  for (let k = 0; k < width; k++) {
    const at = sums + ((<usize>k) << 3);
    const mean = (1 + UNEVENNESS * uneven(k)) * load<f64>(at) + (0.5 + uneven(k)) * uniform;
    store<f64>(at, mean);
    mass += mean;
  }
  for (let k = 0; k < width; k++) store<f32>(out + ((<usize>k) << 2), <f32>(load<f64>(sums + ((<usize>k) << 3)) / mass));
}

function addRows(sums: usize, p: usize, rows: i32, width: i32, share: f64): void {
  for (let row = 0; row < rows; row++) {
    const factor = share / massOf(p, width);
    for (let k = 0; k < width; k++, p += 4) {
      const at = sums + ((<usize>k) << 3);
      store<f64>(at, load<f64>(at) + <f64>Mathf.abs(load<f32>(p)) * factor);
    }
  }
}

/** The features of rows, which are padded with zeros to whole quads. In f64 up to the difference of what is near, which f32 would round away. */
export function polarisedFeatures(rows: i32, width: i32, out: usize, _scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, centre: usize, _rowsOfCentre: i32, _outcomesOfCentre: i32, table: usize): void {
  const stride = strideOf(rowsOfP, outcomes);
  const exponent = load<f32>(table, 80);
  const limit: f32 = exponent > 0 ? -1 / exponent : 0; // T_e(−∞); where that is infinite, so is the divergence from c
  const massOfCentre = massOf(centre, outcomes);
  for (let row = 0; row < rows; row++, p += stride) {
    const factor = f64x2.splat(massOfCentre / massOf(p, outcomes));
    for (let k = 0; k < width; k += 4, out += 16) {
      const at = (<usize>k) << 2;
      const count = min(outcomes - k, 4);
      const own = f32x4.abs(quadOf(p + at, count));
      const c = quadOf(centre + at, count);
      const none = f32x4.eq(own, quad(0));
      const some = v128.bitselect(c, own, none);
      const value = deformedLog(table, lower(c), upper(c), f64x2.mul(lower(some), factor), f64x2.mul(upper(some), factor));
      v128.store(out, f32x4.mul(f32x4.sqrt(c), v128.bitselect(quad(limit), value, none)));
    }
  }
}

const HEAD: usize = 128;
const REACH = 280;

/** T_e(log x/c) for |e| ≤ 2, of four c and x in f64. */
@inline
function deformedLog(table: usize, lowC: v128, highC: v128, lowX: v128, highX: v128): v128 {
  const low = binadesOfDoubles(lowC, lowX);
  const high = binadesOfDoubles(highC, highX);
  const s = narrowed(reduced(lowC, lowX, low), reduced(highC, highX, high));
  let xy = v128.load64_zero(rowOf(table, i64x2.extract_lane(low, 0)));
  xy = v128.load64_lane(rowOf(table, i64x2.extract_lane(low, 1)), xy, 1);
  let zw = v128.load64_zero(rowOf(table, i64x2.extract_lane(high, 0)));
  zw = v128.load64_lane(rowOf(table, i64x2.extract_lane(high, 1)), zw, 1);
  const start = i8x16.shuffle(xy, zw, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  const power = i8x16.shuffle(xy, zw, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  return mulAdd(f32x4.mul(power, s), seriesAt(table, s), start);
}

/** (x − u)/(x + u) for u = 2^k c. */
@inline
function reduced(c: v128, x: v128, k: v128): v128 {
  const u = i64x2.add(c, k);
  return f64x2.div(f64x2.sub(x, u), f64x2.add(x, u));
}

@inline
function rowOf(table: usize, k: i64): usize {
  return table + HEAD + ((<usize>(<i32>(k >> 52) + REACH)) << 4);
}

/** H(s) to degree 12: the even and the odd powers apart, for two chains side by side. */
@inline
function seriesAt(table: usize, s: v128): v128 {
  const z = f32x4.mul(s, s);
  let even = v128.load32_splat(table, 48);
  let odd = v128.load32_splat(table, 44);
  even = mulAdd(even, z, v128.load32_splat(table, 40));
  odd = mulAdd(odd, z, v128.load32_splat(table, 36));
  even = mulAdd(even, z, v128.load32_splat(table, 32));
  odd = mulAdd(odd, z, v128.load32_splat(table, 28));
  even = mulAdd(even, z, v128.load32_splat(table, 24));
  odd = mulAdd(odd, z, v128.load32_splat(table, 20));
  even = mulAdd(even, z, v128.load32_splat(table, 16));
  odd = mulAdd(odd, z, v128.load32_splat(table, 12));
  even = mulAdd(even, z, v128.load32_splat(table, 8));
  odd = mulAdd(odd, z, v128.load32_splat(table, 4));
  return mulAdd(odd, s, mulAdd(even, z, v128.load32_splat(table)));
}
