/**
 * Power series in s = (q − p)/(q + p), so that (1 + s)/(1 − s) = q/p. Their recurrences are polynomials in alpha:
 * nothing is singular at alpha = ±1.
 */

/** Half width of the interval of s on which a ratio within [½, 2] falls. */
export const BINADE: number = 1 / 3;

const TERMS = 80; // g_k grows as k⁷ at |α| = 15; 80⁷ 3⁻⁸⁰ is far below any rounding

/**
 * G with φ_α(p, q) = (q − p) s G(s): g₀ = 1, g₁ = α/3, (k + 3) g_{k+1} = α g_k + k g_{k−1}. It is a series in s/unit,
 * whose terms do not leave f64 where a unit of 1/|α| balances the powers of α.
 */
export function divergenceSeries(alpha: number, unit = 1): Float64Array {
  const g = new Float64Array(TERMS);
  g[0] = 1;
  g[1] = (alpha * unit) / 3;
  for (let k = 1; k + 1 < TERMS; k++) g[k + 1] = (alpha * unit * g[k]! + k * unit ** 2 * g[k - 1]!) / (k + 3);
  return g;
}

/** T_c/s with T_c = expm1(c log(q/p))/c: τ₁ = 2, (k + 1) τ_{k+1} = 2c τ_k + (k − 1) τ_{k−1}; entry k is τ_{k+1}. */
export function deformedLogSeries(c: number): Float64Array {
  const tau = new Float64Array(TERMS);
  tau[0] = 2;
  tau[1] = 2 * c;
  for (let k = 2; k < TERMS; k++) tau[k] = (2 * c * tau[k - 1]! + (k - 1) * tau[k - 2]!) / (k + 1);
  return tau;
}

/** Chebyshev coefficients on [−1, 1] of Σ t_k x^k: multiplication by x (x T_j = (T_{j+1} + T_{j−1})/2), Horner's way. */
function chebyshevFromPowers(powers: Float64Array): Float64Array {
  let series = new Float64Array(powers.length + 1);
  for (let k = powers.length - 1; k >= 0; k--) {
    const next = new Float64Array(powers.length + 1);
    next[0] = powers[k]! + series[1]! / 2;
    next[1] = series[0]! + series[2]! / 2;
    for (let j = 2; j < powers.length; j++) next[j] = (series[j - 1]! + series[j + 1]!) / 2;
    series = next;
  }
  return series;
}

/** Powers of x of the first `count` terms of a Chebyshev series, T_{j+1} = 2x T_j − T_{j−1}. */
function powersFromChebyshev(series: Float64Array, count: number): Float64Array {
  const powers = new Float64Array(count);
  let before = new Float64Array(count + 1); // T_{j−1}
  let current = new Float64Array(count + 1); // T_j
  current[0] = 1;
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < count; i++) powers[i] = powers[i]! + series[j]! * current[i]!;
    const next = new Float64Array(count + 1);
    for (let i = 0; i <= j + 1; i++) next[i] = (j === 0 ? 1 : 2) * (i > 0 ? current[i - 1]! : 0) - before[i]!;
    before = current;
    current = next;
  }
  return powers;
}

/**
 * A polynomial of the given degree for the power series on |s| ≤ bound, by truncating the Chebyshev series of
 * (series − constant)/s. The constant term stays exact: near s = 0 it is the whole result.
 */
export function economise(series: Float64Array, bound: number, degree: number): Float64Array {
  const scaled = series.subarray(1).map((t, k) => t * bound ** k);
  const powers = powersFromChebyshev(chebyshevFromPowers(scaled), degree);
  const polynomial = new Float64Array(degree + 1);
  polynomial[0] = series[0]!;
  for (let k = 0; k < degree; k++) polynomial[k + 1] = powers[k]! / bound ** k;
  return polynomial;
}
