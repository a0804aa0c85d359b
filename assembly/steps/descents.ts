/**
 * Mirror descent towards targets, row by row: in f32 where that serves, in f64 where exponents or probabilities go far.
 * Twin: src/steps/mirror-descent.ts
 */
import { logarithm } from '../math/doubles';
import { strideOf } from '../math/quads';
import { massOf, weightAt } from '../math/rows';
import { descend, KL, mass, QUAD } from './descent-steps';
import { descendInDouble } from './double-descent';

const SMALLEST: f32 = 1.1754943508222875e-38;
/** log W/t where t is 0: T_c is at its limit there, and stays. */
const FAR: f32 = 1e30;
/** Below, T_c is as good as the logarithm, and 1/c still a number. */
const LEAST_C: f64 = 1e-9;

/** `steps` steps against the slopes T_c(log w/t), c = (α − 1)/2, of D_α(t‖w). */
export function descents(rows: i32, _width: i32, out: usize, scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, t: usize, rowsOfT: i32, _outcomesOfT: i32, steps: f64, stepSize: f64, c: f64): void {
  const quads = ((outcomes + 15) >> 4) << 2;
  const deformation = Math.abs(c) < LEAST_C ? LEAST_C : c;
  for (let row = 0; row < rows; row++) {
    if (start(scratch, quads, p, t, outcomes, c) && descend(scratch, quads, <i32>steps, stepSize, deformation)) finish(scratch, out, outcomes);
    else descendInDouble(scratch, out, p, t, outcomes, <i32>steps, stepSize, c);
    out += (<usize>outcomes) << 2;
    p += strideOf(rowsOfP, outcomes);
    t += strideOf(rowsOfT, outcomes);
  }
}

/** Lays out the state of a row, outcomes of weight 0 and those beyond the row at rest; whether f32 can begin. */
function start(state: usize, quads: i32, p: usize, t: usize, outcomes: i32, c: f64): bool {
  const inverseP = 1 / massOf(p, outcomes);
  const inverseT = 1 / massOf(t, outcomes);
  memory.fill(state, 0, (<usize>quads) * QUAD);
  for (let k = 0; k < outcomes; k++) {
    const at = state + (<usize>(k >> 2)) * QUAD + ((<usize>(k & 3)) << 2);
    const w = weightAt(p, k) * inverseP;
    const target = weightAt(t, k) * inverseT;
    if (w === 0) continue;
    storeDouble(at, w);
    if (c === KL) {
      storeDouble(at + 32, target);
    } else if (target > 0) {
      storeDouble(at + 32, logarithm(w / target));
    } else {
      if (c >= 0) return false; // infinitely far
      store<f32>(at, FAR, 32);
    }
  }
  return true;
}

function storeDouble(at: usize, x: f64): void {
  const high = <f32>x;
  store<f32>(at, high);
  store<f32>(at, <f32>(x - high), 16);
}

function finish(state: usize, out: usize, outcomes: i32): void {
  const inverse = 1 / mass;
  for (let k = 0; k < outcomes; k++) {
    const at = state + (<usize>(k >> 2)) * QUAD + ((<usize>(k & 3)) << 2);
    const w = <f32>((<f64>load<f32>(at) + load<f32>(at, 16)) * inverse);
    store<f32>(out + ((<usize>k) << 2), w < SMALLEST ? 0 : w);
  }
}
