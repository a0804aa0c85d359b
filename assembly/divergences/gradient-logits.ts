/**
 * The gradient of D_α in the logits of a row, its own, with the other one fixed: own_j (M − T_c(x_j)) with x = log(other/own)
 * and M = Σ own T_c(x). The T_c are counted from that at the largest entry r of the own row,
 * T_c(x_j) − T_c(x_r) = e^(c x_r) T_c(x_j − x_r), by differences of logits within a row, which are exact in f64.
 * Twin: shaders/divergences/gradient-logits.wgsl
 */
import { greatestOf, lower, narrowed, partial, quad, quadOf, storePartial, total, upper } from '../math/quads';
import { exponential, roughExponentials } from '../math/doubles';
import { both, logOf } from './deformed-log';
import { BEYOND, farGradient, LOGITS } from './gradient-far';

/** Logarithm of a power up to which its products with shares and a common factor stay in f64. */
const REACH: f64 = 300;

/** The largest logits, of the own row also among those that have a partner, and the sums of the powers relative to them. */
let greatestOwn: f32 = 0;
let greatestPaired: f32 = 0;
let greatestOther: f32 = 0;
let ownMass: f64 = 0;
let otherMass: f64 = 0;

/** What the slopes of a row have in common: c, what is subtracted from powers, a factor, and the two logits of the reference. */
let exponent: f64 = 0;
let one: f64 = 0;
let scale: f64 = 0;
let ownThere: f64 = 0;
let otherThere: f64 = 0;
/** own T_c per share of own or per power of other, where the other or the own row has no mass. */
let withoutOther: f64 = 0;
let withoutOwn: f64 = 0;

/** Σ own T_c, and the largest |c x| and |own T_c|. */
let sum: f64 = 0;
let longest: v128 = f64x2.splat(0);
let largest: v128 = f32x4.splat(0);

/** Of one row, times `factor`. The powers of the own row go to `shares`, 8 bytes each. */
export function gradientOfLogits(out: usize, own: usize, other: usize, outcomes: i32, shares: usize, c: f64, factor: f64): void {
  overview(own, other, outcomes);
  otherMass = powers(other, outcomes, <f64>greatestOther, shares);
  ownMass = powers(own, outcomes, <f64>greatestOwn, shares);
  const exists = greatestPaired > -Infinity;
  const at = exists ? referenceAt(own, other) : 0;
  ownThere = exists ? <f64>load<f32>(own + at) : 0;
  otherThere = exists ? <f64>load<f32>(other + at) : 0;
  exponent = c;
  one = exists && (greatestOwn === greatestPaired || c <= 0) ? 1 : 0;
  const origin = exists ? otherThere - <f64>greatestOther - (ownThere - <f64>greatestOwn) - (logOf(otherMass) - logOf(ownMass)) : 0;
  scale = (c === 0 ? factor : (exponential(c * origin) * factor) / c) / ownMass;
  withoutOther = c > 0 ? -one * scale : -Infinity;
  withoutOwn = c < 1 ? 0 : c > 1 ? Infinity : factor / otherMass;
  sweep(c === 0, out, own, other, outcomes, shares);
  const isNear = Math.abs(c * origin) <= REACH && (c === 0 || !v128.any_true(f64x2.gt(longest, both(REACH)))) && Math.max(Math.abs(scale), <f64>greatestOf(largest)) < BEYOND;
  if (isNear) centre(out, outcomes, shares, sum / ownMass);
  else farGradient(LOGITS, out, own, other, outcomes, c, factor, one, origin, ownThere, otherThere, <f64>greatestOwn + logOf(ownMass), <f64>greatestOther + logOf(otherMass));
}

function overview(own: usize, other: usize, outcomes: i32): void {
  const nothing = quad(-Infinity);
  let ofOwn = nothing;
  let paired = nothing;
  let ofOther = nothing;
  const end = own + ((<usize>outcomes) << 2);
  while (own < end) {
    const isWhole = own + 16 <= end;
    const x = isWhole ? v128.load(own) : v128.load32_splat(own);
    const y = isWhole ? v128.load(other) : v128.load32_splat(other);
    ofOwn = f32x4.pmax(ofOwn, x);
    ofOther = f32x4.pmax(ofOther, y);
    paired = f32x4.pmax(paired, v128.bitselect(x, nothing, f32x4.ne(y, nothing)));
    const step: usize = isWhole ? 16 : 4;
    own += step;
    other += step;
  }
  greatestOwn = greatestOf(ofOwn);
  greatestOther = greatestOf(ofOther);
  greatestPaired = greatestOf(paired);
}

/** How far into the rows the largest logit is that has a partner. */
function referenceAt(own: usize, other: usize): usize {
  const start = own;
  while (load<f32>(own) !== greatestPaired || load<f32>(other) === -Infinity) {
    own += 4;
    other += 4;
  }
  return own - start;
}

/** Writes e^(logit − greatest), 0 for −∞, and sums them up. */
function powers(at: usize, outcomes: i32, greatest: f64, shares: usize): f64 {
  const shift = both(greatest);
  const none = both(0);
  let mass = none;
  const end = at + ((<usize>outcomes) << 2);
  for (; at < end; at += 16, shares += 32) {
    const count = min(<i32>((end - at) >> 2), 4);
    const x = count === 4 ? v128.load(at) : partialLogits(at, count);
    const finite = f32x4.ne(x, quad(-Infinity));
    const low = v128.and(roughExponentials(f64x2.sub(lower(x), shift), none), i64x2.extend_low_i32x4_s(finite));
    const high = v128.and(roughExponentials(f64x2.sub(upper(x), shift), none), i64x2.extend_high_i32x4_s(finite));
    mass = f64x2.add(mass, f64x2.add(low, high));
    v128.store(shares, low);
    v128.store(shares, high, 16);
  }
  return total(mass);
}

/** The first `count` of four logits, and −∞. */
function partialLogits(at: usize, count: i32): v128 {
  return v128.bitselect(quad(-Infinity), partial(at, count), i32x4.ge_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

/** Writes own T_c, and sums them up. */
function sweep(isLog: bool, out: usize, own: usize, other: usize, outcomes: i32, shares: usize): void {
  const c = both(isLog ? 1 : exponent);
  const without = both(one);
  const factor = both(scale);
  const ownAt = both(ownThere);
  const otherAt = both(otherThere);
  let parts = both(0);
  let most = quad(0);
  let far = both(0);
  sum = 0;
  longest = both(0);
  largest = quad(0);
  const end = own + ((<usize>outcomes) << 2);
  for (; own < end; own += 16, other += 16, out += 16, shares += 32) {
    const count = min(<i32>((end - own) >> 2), 4);
    const x = count === 4 ? v128.load(own) : partialLogits(own, count);
    const y = count === 4 ? v128.load(other) : partialLogits(other, count);
    if (v128.any_true(f32x4.eq(f32x4.pmin(x, y), quad(-Infinity)))) {
      carefully(isLog, out, x, y, shares, count);
      continue;
    }
    const lowX = f64x2.mul(c, distance(lower(x), lower(y), ownAt, otherAt));
    const highX = f64x2.mul(c, distance(upper(x), upper(y), ownAt, otherAt));
    const low = f64x2.mul(f64x2.mul(v128.load(shares), factor), deformedOf(isLog, lowX, without));
    const high = f64x2.mul(f64x2.mul(v128.load(shares, 16), factor), deformedOf(isLog, highX, without));
    const rounded = narrowed(low, high);
    parts = f64x2.add(parts, f64x2.add(low, high));
    far = f64x2.pmax(far, f64x2.pmax(f64x2.abs(lowX), f64x2.abs(highX)));
    most = f32x4.pmax(most, f32x4.abs(rounded));
    v128.store(out, rounded);
  }
  sum += total(parts);
  longest = f64x2.pmax(longest, far);
  largest = f32x4.pmax(largest, most);
}

/** log(other/own) less that at the reference. A row by itself, so that logits of −1e9, which both entries may have, leave no rounding. */
@inline
function distance(own: v128, other: v128, ownAt: v128, otherAt: v128): v128 {
  return f64x2.sub(f64x2.sub(other, otherAt), f64x2.sub(own, ownAt));
}

@inline
function deformedOf(isLog: bool, x: v128, without: v128): v128 {
  return isLog ? x : roughExponentials(x, without);
}

/** Up to four outcomes, some of which have no mass in one of the rows or in both. */
function carefully(isLog: bool, out: usize, own: v128, other: v128, shares: usize, count: i32): void {
  const noOwn = f32x4.eq(own, quad(-Infinity));
  const noOther = f32x4.eq(other, quad(-Infinity));
  const low = carefulPair(isLog, lower(own), lower(other), v128.load(shares), i64x2.extend_low_i32x4_s(noOwn), i64x2.extend_low_i32x4_s(noOther));
  const high = carefulPair(isLog, upper(own), upper(other), v128.load(shares, 16), i64x2.extend_high_i32x4_s(noOwn), i64x2.extend_high_i32x4_s(noOther));
  sum += total(f64x2.add(low, high));
  storePartial(out, narrowed(low, high), count);
}

function carefulPair(isLog: bool, own: v128, other: v128, shares: v128, noOwn: v128, noOther: v128): v128 {
  const x = v128.andnot(f64x2.mul(both(isLog ? 1 : exponent), distance(own, other, both(ownThere), both(otherThere))), v128.or(noOwn, noOther));
  const paired = f64x2.mul(f64x2.mul(shares, both(scale)), deformedOf(isLog, x, both(one)));
  const lone = f64x2.mul(both(withoutOwn), roughExponentials(f64x2.sub(other, both(<f64>greatestOther)), both(0)));
  const parts = v128.bitselect(f64x2.mul(shares, both(withoutOther)), paired, noOther);
  longest = f64x2.pmax(longest, f64x2.abs(x));
  largest = f32x4.pmax(largest, f32x4.abs(narrowed(v128.andnot(paired, v128.or(noOwn, noOther)), both(0))));
  return v128.bitselect(v128.andnot(lone, noOther), parts, noOwn);
}

/** From own T_c to the gradient. An infinite one wins over an infinite mean. */
function centre(out: usize, outcomes: i32, shares: usize, mean: f64): void {
  const times = both(mean);
  const end = out + ((<usize>outcomes) << 2);
  for (; out < end; out += 16, shares += 32) {
    const count = min(<i32>((end - out) >> 2), 4);
    const parts = quadOf(out, count);
    const ofMean = narrowed(shareOf(times, v128.load(shares)), shareOf(times, v128.load(shares, 16)));
    const isInfinite = f32x4.eq(f32x4.abs(parts), quad(Infinity));
    storePartial(out, v128.bitselect(f32x4.neg(parts), f32x4.sub(ofMean, parts), isInfinite), count);
  }
}

/** Of no share none, even where the mean is infinite. */
@inline
function shareOf(mean: v128, share: v128): v128 {
  return v128.and(f64x2.mul(mean, share), f64x2.ne(share, both(0)));
}
