import { maximumOf } from './logit-pair.ts';
import { logSumExp } from './logits.ts';
import { CompensatedSum } from './sum.ts';

/** log(1 + e^x). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * The gradient of JS = w KL(own‖m) + v KL(other‖m), m = w own + v other, v = 1 − w, in the logits of the own row:
 * w own_j (l_j − Σ own l), l = log(own/m), counted from the mode r of the own row. With c = log(v other/(w own)),
 *
 *     l_j − l_r = log(1 + e^(c_r)) − log(1 + e^(c_j)) = −log(1 + θ (e^(c_j − c_r) − 1)),    θ = e^(c_r)/(1 + e^(c_r))
 */
export function mixtureGradientOfLogits(own: ArrayLike<number>, other: ArrayLike<number>, weight: number, out: Float64Array): void {
  const [greatest, logMass] = [maximumOf(own), logSumExp(own)];
  const r = Array.prototype.indexOf.call(own, greatest);
  const shift = logMass - logSumExp(other) + Math.log1p(-weight) - Math.log(weight);
  const oddsAt = (k: number): number => other[k]! - own[k]! + shift;
  const odds = oddsAt(r);
  const slopeAt = (k: number): number => {
    const y = other[r] === -Infinity || other[k] === -Infinity ? Infinity : other[k]! - own[k]! - (other[r]! - greatest);
    if (Math.abs(y) < 0.5) return 0 - Math.log1p(Math.exp(-softplus(-odds)) * Math.expm1(y));
    return odds > 0 && oddsAt(k) > 0 ? softplus(-odds) - softplus(-oddsAt(k)) - y : softplus(odds) - softplus(oddsAt(k));
  };
  const masses = Float64Array.from({ length: own.length }, (_, k) => Math.exp(own[k]! - greatest - (logMass - greatest)));
  const slopes = masses.map((mass, k) => (mass > 0 ? slopeAt(k) : 0));
  const mean = new CompensatedSum();
  masses.forEach((mass, k) => mean.add(mass * slopes[k]!));
  for (let k = 0; k < own.length; k++) out[k] = masses[k] === 0 ? 0 : weight * masses[k]! * (slopes[k]! - mean.value);
}
