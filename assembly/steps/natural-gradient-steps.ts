/**
 * One natural-gradient step along the m-geodesic or the Levi-Civita geodesic; what leaves the simplex is cut off at 0.
 * Twin: shaders/steps/natural-gradient-step.wgsl
 */
import { lower, strideOf, total, upper } from '../math/quads';
import { massOf, modeOf, putScaled, quadAt } from '../math/rows';

const HALF_PI: f64 = 1.5707963267948966;

/** η g is centred as η (g − origin) − mean; then p is multiplied by 1 − that, or by (cos r − sin r / 2r times that)². */
let origin: f64 = 0;
let mean: f64 = 0;
let cosine: f64 = 1;
let halfSinc: f64 = 0.5;

export function naturalGradientSteps(rows: i32, _width: i32, out: usize, scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, gradient: usize, rowsOfG: i32, _outcomesOfG: i32, stepSize: f64, alongM: f64): void {
  for (let row = 0; row < rows; row++) {
    step(p, gradient, out, scratch, outcomes, stepSize, alongM !== 0);
    out += (<usize>outcomes) << 2;
    p += strideOf(rowsOfP, outcomes);
    gradient += strideOf(rowsOfG, outcomes);
  }
}

function step(p: usize, gradient: usize, out: usize, scratch: usize, outcomes: i32, stepSize: f64, alongM: bool): void {
  const bytes = (<usize>outcomes) << 2;
  const inverse = 1 / massOf(p, outcomes);
  // A constant in the gradient means nothing; from the mode, what is left keeps its digits when the mode has all the mass.
  origin = <f64>load<f32>(gradient + ((<usize>modeOf(p, outcomes)) << 2));
  mean = 0;
  mean = inverse * moment(p, gradient, bytes, stepSize, false);
  if (!alongM) {
    const r = Math.min(Math.sqrt(inverse * moment(p, gradient, bytes, stepSize, true)) / 2, HALF_PI);
    cosine = series(r * r, 22);
    halfSinc = 0.5 * series(r * r, 23);
  }
  const mass = move(p, gradient, scratch, bytes, stepSize, alongM);
  for (let at: usize = 0; at < bytes; at += 16) putScaled(out + at, out + bytes, v128.load(scratch + 2 * at), v128.load(scratch + 2 * at, 16), f64x2.splat(1 / mass));
}

/** Σ p η (g − origin), or Σ p times the square of what is centred. */
function moment(p: usize, gradient: usize, bytes: usize, stepSize: f64, squared: bool): f64 {
  let sum = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = f32x4.abs(quadAt(p + at, p + bytes));
    const g = quadAt(gradient + at, gradient + bytes);
    const low = centred(lower(g), stepSize);
    const high = centred(upper(g), stepSize);
    const lowTerm = f64x2.mul(lower(w), low);
    const highTerm = f64x2.mul(upper(w), high);
    sum = f64x2.add(sum, squared ? f64x2.add(f64x2.mul(lowTerm, low), f64x2.mul(highTerm, high)) : f64x2.add(lowTerm, highTerm));
  }
  return total(sum);
}

/** Writes the weights after the step in f64; their sum. */
function move(p: usize, gradient: usize, moved: usize, bytes: usize, stepSize: f64, alongM: bool): f64 {
  let sum = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = f32x4.abs(quadAt(p + at, p + bytes));
    const g = quadAt(gradient + at, gradient + bytes);
    const low = f64x2.mul(lower(w), factor(centred(lower(g), stepSize), alongM));
    const high = f64x2.mul(upper(w), factor(centred(upper(g), stepSize), alongM));
    v128.store(moved + 2 * at, low);
    v128.store(moved + 2 * at, high, 16);
    sum = f64x2.add(sum, f64x2.add(low, high));
  }
  return total(sum);
}

@inline
function centred(g: v128, stepSize: f64): v128 {
  return f64x2.sub(f64x2.mul(f64x2.splat(stepSize), f64x2.sub(g, f64x2.splat(origin))), f64x2.splat(mean));
}

@inline
function factor(excess: v128, alongM: bool): v128 {
  if (alongM) return f64x2.max(f64x2.sub(f64x2.splat(1), excess), f64x2.splat(0));
  const root = f64x2.max(f64x2.sub(f64x2.splat(cosine), f64x2.mul(f64x2.splat(halfSinc), excess)), f64x2.splat(0));
  return f64x2.mul(root, root);
}

/** 1 − z/(n(n − 1)) (1 − …) with n even: cos √z; with n odd: sin √z / √z. For z ≤ π²/4. */
function series(z: f64, degree: i32): f64 {
  let y: f64 = 1;
  for (let n = degree; n > 1; n -= 2) y = 1 - (y * z) / <f64>(n * (n - 1));
  return y;
}
