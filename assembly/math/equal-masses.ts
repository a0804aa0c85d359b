/**
 * Two rows brought to one mass from an outcome at which both are large: there they are made equal, and the masses follow from
 * the differences that are left. Products of two f32 are exact in f64, so that differences keep their digits however small.
 * Twin: shaders/math/equal-masses.wgsl
 */
import { lower, quadOf, total, upper } from './quads';
import { massOf } from './rows';

/** The numbers of both rows at that outcome, by which the other row is multiplied. */
let timesP: f64 = 0;
let timesQ: f64 = 0;
/** What brings p and q to the mass that is asked for, then, and their difference and sum to the difference of both. */
let unitOfP: f64 = 0;
let unitOfQ: f64 = 0;
let unit: f64 = 0;
let excess: f64 = 0;

/** Prepares rows to be taken at a mass; if no outcome has both, false. Exchanged rows give the same to the last bit. */
export function equalise(p: usize, q: usize, outcomes: i32, mass: f64): bool {
  if (!findCommon(p, q, outcomes)) return false;
  const massOfP = timesP * massOf(p, outcomes);
  const massOfQ = timesQ * massOf(q, outcomes);
  let sum = f64x2.splat(0);
  for (const end = p + ((<usize>outcomes) << 2); p < end; p += 16, q += 16) {
    const count = min(<i32>((end - p) >> 2), 4);
    const ofP = f32x4.abs(quadOf(p, count));
    const ofQ = f32x4.abs(quadOf(q, count));
    sum = f64x2.add(sum, f64x2.add(excessOf(lower(ofP), lower(ofQ)), excessOf(upper(ofP), upper(ofQ))));
  }
  unitOfP = (mass * timesP) / massOfP;
  unitOfQ = (mass * timesQ) / massOfQ;
  unit = (0.5 * mass * (massOfP + massOfQ)) / (massOfP * massOfQ);
  excess = (0.5 * mass * total(sum)) / (massOfP * massOfQ);
  return true;
}

function findCommon(p: usize, q: usize, outcomes: i32): bool {
  let greatest: u32 = 0;
  for (const end = p + ((<usize>outcomes) << 2); p < end; p += 4, q += 4) {
    const ofP = load<u32>(p) & 0x7fffffff;
    const ofQ = load<u32>(q) & 0x7fffffff;
    if (ofP === 0 || ofQ === 0 || ofP + ofQ <= greatest) continue;
    greatest = ofP + ofQ; // grows with p q
    timesP = <f64>reinterpret<f32>(ofQ);
    timesQ = <f64>reinterpret<f32>(ofP);
  }
  return greatest > 0;
}

@inline
function excessOf(p: v128, q: v128): v128 {
  return f64x2.sub(f64x2.mul(q, f64x2.splat(timesQ)), f64x2.mul(p, f64x2.splat(timesP)));
}

@inline
export function shareOfP(p: v128): v128 {
  return f64x2.mul(p, f64x2.splat(unitOfP));
}

@inline
export function shareOfQ(q: v128): v128 {
  return f64x2.mul(q, f64x2.splat(unitOfQ));
}

/** q − p of the shares. */
@inline
export function differenceOfShares(p: v128, q: v128): v128 {
  const sum = f64x2.add(f64x2.mul(q, f64x2.splat(timesQ)), f64x2.mul(p, f64x2.splat(timesP)));
  return f64x2.sub(f64x2.mul(excessOf(p, q), f64x2.splat(unit)), f64x2.mul(sum, f64x2.splat(excess)));
}
