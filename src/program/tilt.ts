import { valueOf, type Value } from './value.ts';

/** What row programs are made of that need more than f32. */

/** w/Σw of weights, also of such as are below the normal numbers of f32. */
export function normalise(weights: Value): Value {
  const share = weights.weigh(valueOf(0));
  return share.over(share.sum().as('mass'));
}

/** p e^x / Σ p e^x for exponents x in double, of any size. A zero stays a zero. */
export function tilt(p: Value, x: Value): Value {
  const exponent = x.double();
  const size = p.isGreater(0).select(exponent.plus(p.logOfBinade()), -3e38);
  const share = p.weigh(exponent.minus(size.max().as('greatest')));
  return share.over(share.sum().as('mass'));
}

/** v less its mean under p: from the mode of p, where what is left keeps its digits if the mode has all the mass. */
export function centre(p: Value, v: Value): Value {
  const share = normalise(p);
  const distance = v.minus(v.at(p.argmax().as('mode')).as('origin'));
  return distance.minus(share.times(distance).sum().as('mean'));
}
