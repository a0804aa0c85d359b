import { split } from '../math/scaled.ts';

/** Functions in f64 that the platform does not have. */

/** The lowest number of f32, which is log 0: times 0 it is 0 in every place. */
export const lowest = -3.4028234663852886e38;

/** log x, and the lowest number at 0. */
export function logarithm(x: number): number {
  return x > 0 ? Math.log(x) : lowest;
}

/** log(1 + x), and the lowest number at −1. */
export function log1p(x: number): number {
  return x > -1 ? Math.log1p(x) : lowest;
}

/** (e^x − 1)/x, and 1 at 0. */
export function exprel(x: number): number {
  return x === 0 ? 1 : Math.expm1(x) / x;
}

/** (e^x − 1 − x)/x², and ½ at 0; near it from Σ x^k/(k + 2)!. */
export function exprel2(x: number): number {
  if (Math.abs(x) > 0.5) return (Math.expm1(x) - x) / x / x;
  let [sum, term] = [0, 0.5];
  for (let k = 3; k < 16; term *= x / k++) sum += term;
  return sum;
}

/** log(1 + x)/x, and 1 at 0. */
export function log1prel(x: number): number {
  return x === 0 ? 1 : log1p(x) / x;
}

/** log(x/y): of the exact difference where they are near, and of a quotient that leaves f64 by two logarithms. */
export function logRatio(x: number, y: number): number {
  if (Math.abs(x - y) < 0.5 * y) return Math.log1p((x - y) / y);
  const ratio = x / y;
  return ratio > 1e-300 && ratio < 1e300 ? Math.log(ratio) : logarithm(x) - logarithm(y);
}

/** sin(x)/x, and 1 at 0. */
export function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x) / x;
}

/** w e^x 2^24, where e^x may be beyond f64. */
export function weigh(w: number, x: number): number {
  const root = Math.exp(x / 2);
  return w > 0 ? w * root * 2 ** 24 * root : 0;
}

/** The power of two at or below x, and 0 at 0. */
export function binade(x: number): number {
  return x > 0 ? 2 ** split(x).exponent : 0;
}

/** The zero of ψ in two parts, and ψ^(n)/n! there, n = 1 …. */
const root = [1.4616321449683622, 9.549995429965697e-17] as const;
const atRoot = [
  0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652, 0.10782405069126237,
  -0.07219956125645471, 0.04880428816414311, -0.03316112647484736,
];

/** B_{2n}/(2n), n = 1 …: the asymptotic series of ψ. */
const bernoulli = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12];

/**
 * ψ(x) for x > 0: the recurrence ψ(x) = ψ(x + 1) − 1/x up to 10, then log x − 1/(2x) − Σ B_{2n}/(2n x^{2n}). DLMF
 * 5.5.2, 5.11.2. Its Taylor series next to its zero. What is below f32's normal numbers counts as the least of them.
 */
export function digamma(argument: number): number {
  const x = Math.max(argument, 2 ** -126);
  const distance = x - root[0] - root[1];
  if (Math.abs(distance) < 0.02) return distance * atRoot.reduceRight((sum, term) => sum * distance + term, 0);
  let shift = 0;
  let y = x;
  for (; y < 10; y++) shift += 1 / y;
  const inverse = 1 / (y * y);
  const series = bernoulli.reduceRight((sum, term) => (sum + term) * inverse, 0);
  return Math.log(y) - 0.5 / y - series - shift;
}
