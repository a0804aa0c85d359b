import { valueOf, type Value } from './value.ts';

/** What row programs are made of that need more than f32. */

/** The unit of exponents in nats, a power of two, and what a nat is in it. */
export interface Unit {
  readonly unit: Value;
  readonly perUnit: Value;
}

/** Weights in a unit of their row, in which f32 holds them, and what they add up to. */
export interface Shares {
  readonly weights: Value;
  readonly mass: Value;
  /** Over the mass. */
  readonly probabilities: Value;
  /** The weight of the entry at a place that is a number of the row, where there are no exponents. */
  readonly at: (place: Value) => Value;
}

/** Nats below the greatest where nothing is left in f32, whatever the weights. */
const farthest = 1e6;

/** The weights p e^x, of which the greatest comes near 2^24. Exponents are doubles, in a unit if they may leave f32. */
export function shares(p: Value, x: Value = valueOf(0), scale?: Unit): Shares {
  const exponent = x.double();
  const binade = scale ? p.logOfBinade().times(scale.perUnit) : p.logOfBinade();
  const size = p.isGreater(0).select(exponent.plus(binade), valueOf(-3e38).double());
  const greatest = size.max().as('greatest');
  const least = scale ? scale.perUnit.times(-farthest).double() : valueOf(-farthest).double();
  const weighed = (weight: Value): Value => {
    const distance = exponent.minus(greatest);
    const bounded = distance.isLess(least).select(least, distance);
    return weight.weigh(scale ? bounded.times(scale.unit) : bounded);
  };
  const weights = weighed(p).as('weight');
  const mass = weights.sum().as('mass');
  return { weights, mass, probabilities: weights.over(mass), at: (place) => weighed(p.at(place)) };
}

/** p/Σp, also of weights below the normal numbers of f32. */
export function normalise(p: Value): Value {
  return shares(p).probabilities;
}

/** p e^x / Σ p e^x. A zero stays a zero. */
export function tilt(p: Value, x: Value, unit?: Unit): Value {
  return shares(p, x, unit).probabilities;
}

/** v less its mean under shares of p: from the mode of p, so that digits stay where the mode has all the mass. */
export function centre(p: Value, probabilities: Value, v: Value): Value {
  const distance = v.minus(v.at(p.argmax().as('mode')).as('origin'));
  return distance.minus(probabilities.times(distance).sum().as('mean'));
}
