/**
 * The normaliser of a row of logits, by its largest entry and the mass Σ exp(x − largest), which is at least 1.
 * Twin: src/math/logits.ts
 */
import { exponentialFrom } from './elementary';
import { accumulated, partial, quad, total } from './quads';

/** log Σ exp of a row with a finite entry, to the last bits of f32 in f64. */
export function logSumExp(at: usize, outcomes: i32): f64 {
  const largest = largestOf(at, outcomes);
  return <f64>largest + NativeMath.log1p(massFrom(largest, at, outcomes) - 1);
}

export function largestOf(at: usize, outcomes: i32): f32 {
  let x = quad(-Infinity);
  const end = at + ((<usize>outcomes) << 2);
  const whole = at + ((<usize>(outcomes & ~3)) << 2);
  for (; at < whole; at += 16) x = f32x4.pmax(x, v128.load(at));
  for (; at < end; at += 4) x = f32x4.pmax(x, v128.load32_splat(at));
  return max(max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}

/** Σ exp(x − shift); −∞ adds nothing. */
export function massFrom(shift: f32, at: usize, outcomes: i32): f64 {
  const by = quad(shift);
  let sum = f64x2.splat(0);
  const end = at + ((<usize>outcomes) << 2);
  const paired = at + ((<usize>(outcomes & ~7)) << 2);
  for (; at < paired; at += 32) {
    sum = accumulated(sum, f32x4.add(exponentialFrom(by, v128.load(at)), exponentialFrom(by, v128.load(at, 16))));
  }
  for (; at < end; at += 16) {
    const count = min(<i32>((end - at) >> 2), 4);
    const mass = exponentialFrom(by, count === 4 ? v128.load(at) : partial(at, count));
    sum = accumulated(sum, count === 4 ? mass : v128.and(mass, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count))));
  }
  return total(sum);
}
