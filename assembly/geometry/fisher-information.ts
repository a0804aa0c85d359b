/**
 * Fisher information of categorical rows: diag p − p pᵀ in θ and logits, diag 1/η + 11ᵀ/p_K in η.
 * Twin: shaders/geometry/fisher-information.wgsl
 */
import { quad, strideOf } from '../math/quads';
import { massOf, weightAt } from '../math/rows';

export function fisherInformation(rows: i32, width: i32, out: usize, scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, dimension: f64, inEta: f64): void {
  const n = <i32>dimension;
  for (let row = 0; row < rows; row++) {
    const mass = massOf(p, outcomes);
    if (inEta !== 0) writeInEta(out, p, outcomes, n, mass);
    else writeInTheta(out, p, outcomes, n, mass, scratch);
    out += (<usize>width) << 2;
    p += strideOf(rowsOfP, outcomes);
  }
}

function writeInTheta(out: usize, p: usize, outcomes: i32, n: i32, mass: f64, shares: usize): void {
  const inverse = 1 / mass;
  for (let k = 0; k < n; k++) store<f32>(shares + ((<usize>k) << 2), <f32>(weightAt(p, k) * inverse));
  const bytes = (<usize>n) << 2;
  for (let i = 0; i < n; i++) {
    const own = weightAt(p, i);
    writeMultiples(out, shares, bytes, -load<f32>(shares + ((<usize>i) << 2)));
    store<f32>(out + ((<usize>i) << 2), <f32>(own * inverse * (massWithout(p, outcomes, i, mass) * inverse)));
    out += bytes;
  }
}

/** A row of numbers times a factor. The last four may begin before the others end. */
@inline
function writeMultiples(out: usize, from: usize, bytes: usize, factor: f32): void {
  if (bytes < 16) {
    for (let at: usize = 0; at < bytes; at += 4) store<f32>(out + at, factor * load<f32>(from + at));
    return;
  }
  const last = bytes - 16;
  for (let at: usize = 0; at < last; at += 16) v128.store(out + at, f32x4.mul(v128.load(from + at), quad(factor)));
  v128.store(out + last, f32x4.mul(v128.load(from + last), quad(factor)));
}

/** Σ_{j≠i} p_j, summed when the difference would cancel. */
function massWithout(p: usize, outcomes: i32, i: i32, mass: f64): f64 {
  const own = weightAt(p, i);
  if (own <= 0.5 * mass) return mass - own;
  let others: f64 = 0;
  for (let j = 0; j < outcomes; j++) if (j !== i) others += weightAt(p, j);
  return others;
}

/** Infinite where p_k or p_K is 0. */
function writeInEta(out: usize, p: usize, outcomes: i32, n: i32, mass: f64): void {
  const rest = mass / weightAt(p, outcomes - 1);
  const entries = n * n;
  for (let at = 0; at < entries; at++) store<f32>(out + ((<usize>at) << 2), <f32>rest);
  for (let k = 0; k < n; k++) store<f32>(out + ((<usize>(k * (n + 1))) << 2), <f32>(rest + mass / weightAt(p, k)));
}
