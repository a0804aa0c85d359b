/** Vectors less their mean under a row of weights: y = λ (v − origin) − mean. */
import { lower, total, upper } from './quads';
import { massOf, modeOf, putScaled, quadAt, weightAt } from './rows';

/** What weights are multiplied by. */
export const CENTRED = 0; // y
export const SQUARED = 1; // y²
export const STRAIGHT = 2; // 1 − y, at least 0
export const ROUND = 3; // (cos r − sin r/(2r) y)², nothing beyond the root's first zero

let scale: f64 = 1;
let origin: f64 = 0;
let mean: f64 = 0;

/** cos r and sin r/(2r). */
let cosine: f64 = 1;
let halfSinc: f64 = 0.5;

export function setAngle(cosineOfAngle: f64, halfSincOfAngle: f64): void {
  cosine = cosineOfAngle;
  halfSinc = halfSincOfAngle;
}

/** Takes note of the mean of λ v; the inverse mass of the weights. Where v has an entry less than p, the last is 0. */
export function centre(p: usize, outcomes: i32, v: usize, width: i32, lambda: f64, terms: usize): f64 {
  const inverse = 1 / massOf(p, outcomes);
  // A constant in v means nothing; from the mode, what is left keeps its digits when the mode has all the mass.
  const mode = modeOf(p, outcomes);
  scale = lambda;
  origin = mode < width ? <f64>load<f32>(v + ((<usize>mode) << 2)) : 0;
  mean = 0;
  const last = width < outcomes ? weightAt(p, width) * lambda * origin : 0;
  mean = inverse * (weighted(CENTRED, p, v, width, terms) - last);
  return inverse;
}

/** Writes the weights times a function of y in f64, and adds them up. */
export function weighted(kind: i32, p: usize, v: usize, width: i32, terms: usize): f64 {
  let sum = f64x2.splat(0);
  const end = p + ((<usize>width) << 2);
  const endOfV = v + ((<usize>width) << 2);
  for (; p < end; p += 16, v += 16, terms += 32) {
    const w = f32x4.abs(quadAt(p, end));
    const x = quadAt(v, endOfV);
    const low = f64x2.mul(lower(w), factor(kind, lower(x)));
    const high = f64x2.mul(upper(w), factor(kind, upper(x)));
    v128.store(terms, low);
    v128.store(terms, high, 16);
    sum = f64x2.add(sum, f64x2.add(low, high));
  }
  return total(sum);
}

function factor(kind: i32, v: v128): v128 {
  const y = f64x2.sub(f64x2.mul(f64x2.splat(scale), f64x2.sub(v, f64x2.splat(origin))), f64x2.splat(mean));
  if (kind === CENTRED) return y;
  if (kind === STRAIGHT) return f64x2.max(f64x2.sub(f64x2.splat(1), y), f64x2.splat(0));
  const root = kind === SQUARED ? y : f64x2.max(f64x2.sub(f64x2.splat(cosine), f64x2.mul(f64x2.splat(halfSinc), y)), f64x2.splat(0));
  return f64x2.mul(root, root);
}

/** Writes f64 times a factor, rounded to f32. */
export function putTerms(out: usize, width: i32, terms: usize, factor: f64): void {
  for (const end = out + ((<usize>width) << 2); out < end; out += 16, terms += 32) {
    putScaled(out, end, v128.load(terms), v128.load(terms, 16), f64x2.splat(factor));
  }
}
