import type { Rows } from './distributions.ts';

/** Σ_m w_m r_m for every row w of weights: the distributions that the weights stand for. */
export function mixtures(weights: Rows, components: Rows): Rows {
  const { outcomes } = components;
  const data = new Float32Array(weights.rows * outcomes);
  for (let row = 0; row < weights.rows; row++) data.set(mixture(weights, components, row), row * outcomes);
  return { data, rows: weights.rows, outcomes };
}

/**
 * A bound on how far KL(target ‖ Σ_m w_m r_m) is above its minimum over the components with positive weight:
 * max_m Σ_k t_k r_mk / (wR)_k − 1, the Frank–Wolfe gap of this convex objective. The worst row's is returned.
 */
export function worstDualityGap(
  weights: Rows,
  components: Rows,
  targets: Rows,
  allowed: (row: number, m: number) => boolean,
): number {
  const { outcomes } = components;
  let worst = 0;
  for (let row = 0; row < weights.rows; row++) {
    const ratios = mixture(weights, components, row).map((q, k) => targets.data[row * outcomes + k]! / q);
    for (let m = 0; m < components.rows; m++) {
      if (allowed(row, m)) worst = Math.max(worst, dot(ratios, components.data, m * outcomes) - 1);
    }
  }
  return worst;
}

function mixture(weights: Rows, { data, rows, outcomes }: Rows, row: number): Float64Array {
  const mixed = new Float64Array(outcomes);
  for (let m = 0; m < rows; m++) {
    const weight = weights.data[row * rows + m]!;
    if (weight > 0) for (let k = 0; k < outcomes; k++) mixed[k]! += weight * data[m * outcomes + k]!;
  }
  return mixed;
}

function dot(a: Float64Array, b: Float32Array, offset: number): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[offset + k]!;
  return sum;
}
