import { deformedLogRatio, termFromMean, weights } from './alpha-term.ts';
import { BINADE, deformedLogSeries, divergenceSeries, economise } from './series.ts';

/**
 * The f32 constants of the WGSL kernels, one table per α, made here in f64. The kernels reduce a pair to
 * q₀ = 2^k p with q between q₀ and 2q₀ (q ≥ p) or between q₀ and q₀/2 (q < p); u = mantissa of q₀, d = mantissa(q) − u
 * (exact), s = d/(mantissa(q) + u) ∈ [−1/3, 1/3], E = exponent of q. A table is
 *
 *     32 floats, 8 vec4                 head
 *     561 vec4, k = −280 … 280          rows; .w holds the bits of an i32 exponent, 0 unless the row would leave f32
 */

/** Range of |α| in which the f32 kernel keeps 9 ulp; beyond it G needs more than its degree and f64 is used instead. */
export const maximalAlpha = 15;
/** |k| ≤ 277 covers every pair of binary32 values, subnormals included. */
export const tableReach = 280;
export const tableHeadLength = 32;
export const tableLength: number = tableHeadLength + 4 * (2 * tableReach + 1);
export const maximalDegree = 18;

/** Degree of G on [−1/3, 1/3]: the whole kernel then errs by up to 5 ulp for |α| ≤ 5, 7 for ≤ 10 and 9 for ≤ 15. */
export function polynomialDegree(alpha: number): number {
  const size = Math.abs(alpha);
  if (size <= 1) return 8;
  if (size <= 2) return 9;
  if (size <= 4) return 10;
  if (size <= 5) return 11;
  return size <= 10 ? 13 : maximalDegree;
}

/**
 * Degree of H(s) = T_c(s)/s: up to 6 ulp for |c| ≤ 3, that is |α| ≤ 5. Beyond, H cancels where c s < 0: 14 ulp up to
 * |c| = 6.5, 72 at 8.
 */
export function deformedLogDegree(c: number): number {
  return Math.abs(c) <= 2 ? 12 : maximalDegree;
}

/**
 * φ_α(p, q) = 2^max(E, E − k) 2^e (u c0 + d (c1 + c2 s G(s))): the table is relative to the larger of p and q.
 *
 *     head [0 … 18] g₀ … g₁₈ of G, zero beyond polynomialDegree(α)
 *          [20] 1/a if a > 0, else 0: the cost of p's mass at q = 0, 0 for ∞      [21] 1/b if b > 0, else 0
 *          [22] a    [23] b    [26] alphaBound(α)
 *     row  (c0, c1, c2) 2^e = (F_k 2^−k, F'_k, 2^−bk) 2^min(k, 0) with F_k = f_a(k log 2), F'_k = T_−b(k log 2); .w = e
 *
 * F_k 2^−k = φ_α(2^−k, 1), and all three have the sign that makes every term of the sum nonnegative.
 */
export function alphaTable(alpha: number): Float32Array<ArrayBuffer> {
  const { a, b } = weights(alpha);
  const table = new Float32Array(tableLength);
  table.set(economise(divergenceSeries(alpha), BINADE, polynomialDegree(alpha)));
  table[20] = a > 0 ? 1 / a : 0;
  table[21] = b > 0 ? 1 / b : 0;
  table[22] = a;
  table[23] = b;
  table[26] = alphaBound(alpha);
  fillRows(table, (k) => {
    const { values, exponent } = alphaTableRow(a, b, k);
    return { values, exponent: exponent + Math.min(k, 0) };
  });
  return table;
}

/** The bound 1/(ab) = 4/(1 − α²) of D_α for |α| < 1, and 0 where there is none. */
export function alphaBound(alpha: number): number {
  const { a, b } = weights(alpha);
  return a > 0 && b > 0 ? 1 / (a * b) : 0;
}

/** (F_k 2^−k, F'_k, 2^−bk). */
export function alphaTableRow(a: number, b: number, k: number): ScaledRow {
  const power = scaledPower(-b * k, Math.max(0, -k));
  const [p, q, r] = [2 ** (-k - power.exponent), 2 ** -power.exponent, power.value];
  const x = k * Math.LN2;
  const divergence = k === 0 ? 0 : termFromMean(p, q, q - p, r, x, a, b);
  return { values: [divergence, scaledDeformedLog(-b, x, q, r), r], exponent: power.exponent };
}

/**
 * T_c(log q/p) = 2^e (t + ρ s H(s)), H(s) = T_c(s)/s: the gradients are ∂φ/∂q = T_−b and −∂φ/∂p = T_a.
 *
 *     head [0 … 18] the coefficients of H, h₀ = 2, zero beyond deformedLogDegree(c)    [20] c
 *     row  (t, ρ, 0) 2^e = (T_c(k log 2), 2^ck, 0); .w = e
 */
export function deformedLogTable(c: number): Float32Array<ArrayBuffer> {
  const table = new Float32Array(tableLength);
  table.set(economise(deformedLogSeries(c), BINADE, deformedLogDegree(c)));
  table[20] = c;
  fillRows(table, (k) => {
    const power = scaledPower(c * k, 0);
    return {
      values: [scaledDeformedLog(c, k * Math.LN2, 2 ** -power.exponent, power.value), power.value, 0],
      exponent: power.exponent,
    };
  });
  return table;
}

/** Three values times 2^exponent. */
export interface ScaledRow {
  values: [number, number, number];
  exponent: number;
}

/** 2^y as value · 2^exponent with value ≤ 1 and the exponent at least `floor`: |y| reaches 2240, beyond f64. */
function scaledPower(y: number, floor: number): { value: number; exponent: number } {
  const exponent = Math.max(floor, Math.ceil(y));
  return { value: 2 ** (y - exponent), exponent };
}

/** T_c(x) · unit where e^{cx} · unit = power is known. */
function scaledDeformedLog(c: number, x: number, unit: number, power: number): number {
  return Math.abs(c * x) < 1 ? unit * deformedLogRatio(c, x) : (power - unit) / c;
}

/**
 * Fills the rows. As much of their exponent as possible stays in the values; .w has the rest, which is 0 for most.
 */
function fillRows(table: Float32Array<ArrayBuffer>, rowAt: (k: number) => ScaledRow): void {
  const exponents = new Int32Array(table.buffer);
  for (let k = -tableReach; k <= tableReach; k++) {
    const { values, exponent } = rowAt(k);
    const largest = Math.floor(Math.log2(Math.max(...values.map(Math.abs))));
    const kept = Math.min(124, exponent + largest);
    const at = tableHeadLength + 4 * (k + tableReach);
    table.set(
      values.map((value) => value * 2 ** (kept - largest)),
      at,
    );
    exponents[at + 3] = exponent + largest - kept;
  }
}
