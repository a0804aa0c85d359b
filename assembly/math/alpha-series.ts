/**
 * D_α's own functions of two masses p and p + d, by power series in s = d/(2p + d), |s| ≤ 1/3.
 * Twin: src/math/series.ts
 */

/** Relative size of what the series leave away. */
const NEGLIGIBLE: f64 = 1e-12;

/** φ_α(p, p + d) = d s G(s): g₀ = 1, g₁ = α/3, (k + 3) g_{k+1} = α g_k + k g_{k−1}. */
export function nearTerm(alpha: f64, p: f64, d: f64): f64 {
  if (d === 0) return 0; // p may be 0 too
  const s = d / (2 * p + d);
  let before: f64 = 1;
  let latest = alpha / 3;
  let sum: f64 = 1;
  let power = s;
  for (let k: f64 = 1; Math.abs(power) > NEGLIGIBLE; k++) {
    sum += latest * power;
    power *= s;
    const next = (alpha * latest + k * before) / (k + 3);
    before = latest;
    latest = next;
  }
  return d * s * sum;
}

/** p^(1−a) (p + d)^a, by T_a = Σ τ_k s^k: τ₁ = 2, τ₂ = 2a, (k + 1) τ_{k+1} = 2a τ_k + (k − 1) τ_{k−1}. */
export function geometricMean(a: f64, p: f64, d: f64): f64 {
  const s = d / (2 * p + d);
  let before: f64 = 2;
  let latest = 2 * a;
  let sum = 2 * s;
  let power = s * s;
  for (let k: f64 = 2; Math.abs(power) > NEGLIGIBLE; k++) {
    sum += latest * power;
    power *= s;
    const next = (2 * a * latest + (k - 1) * before) / (k + 1);
    before = latest;
    latest = next;
  }
  return p * (1 + a * sum);
}
