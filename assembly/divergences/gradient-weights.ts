/**
 * The gradient of D_α in a row of nonnegative numbers, its own, with the other one fixed: (M − T_c(x_j))/Σ own with
 * x = log(other/own) of the normalised rows and M = Σ own T_c(x)/Σ own. The T_c are counted from that at the largest entry r
 * of the own row, T_c(x_j) − T_c(x_r) = e^(c x_r) T_c(x_j − x_r), whose ratios own_r other_j/(other_r own_j) are exact.
 * Twin: shaders/divergences/gradient-weights.wgsl
 */
import { accumulated, greatestOf, lower, narrowed, partial, quad, quadOf, storePartial, total, upper } from '../math/quads';
import { exponential } from '../math/doubles';
import { both, deformed, kindOf, LOG, logOf, logRatioOf } from './deformed-log';
import { BEYOND, farGradient, FARTHEST, WEIGHTS } from './gradient-far';

/** What one sweep over the rows finds: their masses, the largest own entry, and the largest of those that have a partner. */
let ownMass: f64 = 0;
let otherMass: f64 = 0;
let greatest: f32 = 0;
let paired: f32 = 0;

/** What the slopes of a row have in common: c, what is subtracted from powers, a factor, and the two entries that meet. */
let exponent: f64 = 0;
let one: f64 = 0;
let scale: f64 = 0;
let ownThere: f64 = 0;
let otherThere: f64 = 0;
/** Slopes where the other or the own row has no mass, and what other mass without own adds to the sum of own T_c. */
let withoutOther: f32 = 0;
let withoutOwn: f32 = 0;
let lone: f64 = 0;

/** Of the careful quads: their part of the sum of own T_c, and the largest finite slopes. */
let carefulSum: f64 = 0;
let carefulMost: v128 = f32x4.splat(0);
/** The largest finite slope of a row. */
let largest: f32 = 0;

/** Of one row, times `factor`. */
export function gradientOfWeights(out: usize, own: usize, other: usize, outcomes: i32, c: f64, factor: f64): void {
  overview(own, other, outcomes);
  const exists = paired > 0;
  const at = exists ? referenceAt(own, other) : 0;
  ownThere = exists ? <f64>load<f32>(own + at) : 1;
  otherThere = exists ? <f64>load<f32>(other + at) : 1;
  exponent = c;
  one = exists && (greatest === paired || c <= 0) ? 1 : 0;
  const origin = exists ? logRatioOf(ownThere * otherMass, otherThere * ownMass) : 0;
  const kind = kindOf(c);
  const power = kind === LOG ? 1 : exponential(c * origin);
  scale = (power * factor) / (kind === LOG ? ownMass : c * ownMass);
  const limit = <f32>(-one * scale);
  withoutOther = c > 0 ? limit : -Infinity;
  withoutOwn = c < 0 ? limit : Infinity;
  lone = c < 1 ? 0 : c > 1 ? Infinity : factor / otherMass;
  const sum = sweep(kind, out, own, other, outcomes);
  if (Math.abs(c * origin) <= FARTHEST && max(<f64>largest, Math.abs(scale)) < BEYOND) centre(out, outcomes, <f32>(sum / ownMass));
  else farGradient(WEIGHTS, out, own, other, outcomes, c, factor, one, origin, ownThere, otherThere, logOf(ownMass), logOf(otherMass));
}

function overview(own: usize, other: usize, outcomes: i32): void {
  let ofOwn = f64x2.splat(0);
  let ofOther = f64x2.splat(0);
  let most = quad(0);
  let mostPaired = quad(0);
  const end = own + ((<usize>outcomes) << 2);
  for (; own < end; own += 16, other += 16) {
    const count = min(<i32>((end - own) >> 2), 4);
    const x = quadOf(own, count);
    const a = quadOf(other, count);
    ofOwn = accumulated(ofOwn, x);
    ofOther = accumulated(ofOther, a);
    most = f32x4.pmax(most, x);
    mostPaired = f32x4.pmax(mostPaired, pairedOf(x, a));
  }
  ownMass = total(ofOwn);
  otherMass = total(ofOther);
  greatest = greatestOf(most);
  paired = greatestOf(mostPaired);
}

@inline
function pairedOf(own: v128, other: v128): v128 {
  return v128.and(own, f32x4.gt(other, quad(0)));
}

/** How far into the rows the largest entry is that has a partner. */
function referenceAt(own: usize, other: usize): usize {
  const start = own;
  while (load<f32>(own) !== paired || load<f32>(other) === 0) {
    own += 4;
    other += 4;
  }
  return own - start;
}

/** Writes the slopes, and sums own times them. */
function sweep(kind: i32, out: usize, own: usize, other: usize, outcomes: i32): f64 {
  const c = both(exponent);
  const without = both(one);
  const factor = both(scale);
  const ofOwn = both(otherThere);
  const ofOther = both(ownThere);
  let sum = both(0);
  let most = quad(0);
  carefulSum = 0;
  carefulMost = quad(0);
  const end = own + ((<usize>outcomes) << 2);
  const whole = own + ((<usize>(outcomes & ~3)) << 2);
  for (; own < whole; own += 16, other += 16, out += 16) {
    const x = v128.load(own);
    const y = v128.load(other);
    if (i32x4.all_true(f32x4.gt(f32x4.pmin(x, y), quad(0)))) {
      const low = f64x2.mul(factor, deformed(kind, f64x2.mul(lower(x), ofOwn), f64x2.mul(lower(y), ofOther), c, without));
      const high = f64x2.mul(factor, deformed(kind, f64x2.mul(upper(x), ofOwn), f64x2.mul(upper(y), ofOther), c, without));
      sum = f64x2.add(sum, f64x2.add(f64x2.mul(lower(x), low), f64x2.mul(upper(x), high)));
      const slopes = narrowed(low, high);
      most = f32x4.pmax(most, f32x4.abs(slopes));
      v128.store(out, slopes);
    } else {
      carefully(kind, out, x, y, 4);
    }
  }
  if (own < end) {
    const count = <i32>((end - own) >> 2);
    carefully(kind, out, partial(own, count), partial(other, count), count);
  }
  largest = greatestOf(f32x4.pmax(most, carefulMost));
  return total(sum) + carefulSum;
}

/** Slopes of up to four outcomes, some of which have no mass in one of the rows or in both. */
function carefully(kind: i32, out: usize, someOwn: v128, someOther: v128, count: i32): void {
  const own = f32x4.abs(someOwn);
  const other = f32x4.abs(someOther);
  const noOwn = f32x4.eq(own, quad(0));
  const noOther = f32x4.eq(other, quad(0));
  const none = v128.or(noOwn, noOther);
  const x = v128.bitselect(quad(1), own, none);
  const y = v128.bitselect(quad(1), other, none);
  const low = f64x2.mul(both(scale), deformed(kind, f64x2.mul(lower(x), both(otherThere)), f64x2.mul(lower(y), both(ownThere)), both(exponent), both(one)));
  const high = f64x2.mul(both(scale), deformed(kind, f64x2.mul(upper(x), both(otherThere)), f64x2.mul(upper(y), both(ownThere)), both(exponent), both(one)));
  const paired = narrowed(low, high);
  carefulMost = f32x4.pmax(carefulMost, f32x4.abs(v128.andnot(paired, none)));
  const slopes = v128.bitselect(quad(withoutOther), v128.bitselect(quad(withoutOwn), paired, noOwn), noOther);
  const parts = v128.andnot(slopes, noOwn);
  carefulSum += total(f64x2.add(f64x2.mul(lower(own), lower(parts)), f64x2.mul(upper(own), upper(parts))));
  const alone = v128.and(other, noOwn);
  if (lone > 0 && v128.any_true(alone)) carefulSum += lone * total(f64x2.add(lower(alone), upper(alone)));
  storePartial(out, slopes, count);
}

/** From the slopes to the gradient. An infinite slope wins over an infinite mean. */
function centre(out: usize, outcomes: i32, mean: f32): void {
  const whole = out + ((<usize>(outcomes & ~3)) << 2);
  const end = out + ((<usize>outcomes) << 2);
  for (; out < whole; out += 16) v128.store(out, centred(v128.load(out), mean));
  if (out < end) {
    const count = <i32>((end - out) >> 2);
    storePartial(out, centred(partial(out, count), mean), count);
  }
}

@inline
function centred(slopes: v128, mean: f32): v128 {
  return v128.bitselect(f32x4.neg(slopes), f32x4.sub(quad(mean), slopes), f32x4.eq(f32x4.abs(slopes), quad(Infinity)));
}
