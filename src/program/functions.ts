/** Functions in f64 that the platform does not have. */

/** (e^x − 1)/x, and 1 at 0. */
export function exprel(x: number): number {
  return x === 0 ? 1 : Math.expm1(x) / x;
}

/** log(1 + x)/x, and 1 at 0. */
export function log1prel(x: number): number {
  return x === 0 ? 1 : Math.log1p(x) / x;
}

/** sin(x)/x, and 1 at 0. */
export function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x) / x;
}

/** B_{2n}/(2n), n = 1 …: the asymptotic series of ψ. */
const bernoulli = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12];

/** ψ(x) for x > 0: the recurrence ψ(x) = ψ(x + 1) − 1/x up to 10, then log x − 1/(2x) − Σ B_{2n}/(2n x^{2n}). DLMF 5.5.2, 5.11.2. */
export function digamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 10; y++) shift += 1 / y;
  const inverse = 1 / (y * y);
  const series = bernoulli.reduceRight((sum, term) => (sum + term) * inverse, 0);
  return Math.log(y) - 0.5 / y - series - shift;
}
