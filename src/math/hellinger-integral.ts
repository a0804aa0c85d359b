import { alphaDivergenceOfLogits, alphaDivergenceOfWeights, logSumExp } from './alpha-family.ts';
import { NormalisedPair } from './normalised-pair.ts';
import { sumOf } from './sum.ts';

/**
 * Functions of the Hellinger integral H_β = Σ p^β q^(1−β) = 1 − β(1−β) D_α, α = 1 − 2β, of two normalised rows in f64.
 *
 * Mass of q where p is 0 is split off first: with q̃ = q on the support of p, normalised, and m the rest of its mass,
 * H_β(p, q) = (1 − m)^(1−β) H_β(p, q̃) for β ≥ 0. What is left is smooth at β = 0.
 */
export interface RowPair {
  readonly p: ArrayLike<number>;
  readonly q: ArrayLike<number>;
  /** Whether the rows are logits; otherwise they are weights. */
  readonly logarithmic: boolean;
}

/** R_β(p‖q) = log H_β/(β − 1); KL(p‖q) at 1, −log of the mass of q where p is positive at 0, max log(p/q) at ∞. */
export function renyiDivergenceOf(rows: RowPair, order: number): number {
  if (order < 0) return negated(renyiDivergenceOf(exchanged(rows), 1 - order), order === -Infinity ? 1 : order / (order - 1));
  if (order === Infinity) return maxLogRatio(rows);
  const { cost, supported } = supportedPart(rows);
  return supported ? cost + renyiWithinSupport(supported, order) : Infinity;
}

/** T_β(p‖q) = (H_β − 1)/(β − 1) = β D_α. */
export function tsallisDivergenceOf(rows: RowPair, order: number): number {
  if (order < 0) return negated(alphaDivergence(rows, 1 - 2 * order), -order);
  const { cost, supported } = supportedPart(rows);
  const exponent = (order - 1) * cost;
  const beyond = order === 1 ? cost : Math.expm1(exponent) / (order - 1);
  const within = supported && cost < Infinity ? alphaDivergence(supported, 1 - 2 * order) : 0;
  return within === 0 ? beyond : beyond + Math.exp(exponent) * order * within;
}

/** −log Σ p^σ q^(1−σ) for 0 ≤ σ ≤ 1, without p^0 where p is 0. */
export function skewedChernoffDivergenceOf(rows: RowPair, sigma: number): number {
  return sigma === 1 ? renyiDivergenceOf(exchanged(rows), 0) : (1 - sigma) * renyiDivergenceOf(rows, sigma);
}

/** −factor · divergence, where 0 has no sign. */
function negated(divergence: number, factor: number): number {
  return divergence === 0 ? 0 : -factor * divergence;
}

function exchanged({ p, q, logarithmic }: RowPair): RowPair {
  return { p: q, q: p, logarithmic };
}

function alphaDivergence({ p, q, logarithmic }: RowPair, alpha: number): number {
  return (logarithmic ? alphaDivergenceOfLogits : alphaDivergenceOfWeights)(p, q, alpha);
}

/** Near p = q from D_α, where 1 − H_β would cancel; far from it by the largest term, where D_α overflows or 1 − κ D_α cancels. */
function renyiWithinSupport(rows: RowPair, order: number): number {
  const divergence = alphaDivergence(rows, 1 - 2 * order);
  const z = -order * (1 - order) * divergence;
  if (order === 1 || z === 0) return order * divergence;
  if (z >= -0.5 && z < 1e200) return order * divergence * (Math.log1p(z) / z);
  return Math.max(0, logIntegral(rows, order) / (order - 1));
}

/** log H_β as a log-sum-exp; each exponent β log p + (1 − β) log q from the end that it is nearer to. */
function logIntegral(rows: RowPair, order: number): number {
  const [logP, logQ] = [logarithms(rows.p, rows.logarithmic), logarithms(rows.q, rows.logarithmic)];
  return logSumExp(logP.map((x, k) => {
    const y = logQ[k]!;
    if (x === -Infinity) return -Infinity; // order > 0 here
    if (y === -Infinity) return order > 1 ? Infinity : -Infinity;
    return order < 0.5 ? y + order * (x - y) : x + (1 - order) * (y - x);
  }));
}

function logarithms(row: ArrayLike<number>, logarithmic: boolean): Float64Array {
  const logs = Float64Array.from(row, (x) => (logarithmic ? x : Math.log(x)));
  const mass = logarithmic ? logSumExp(row) : Math.log(sumOf(row));
  return logs.map((x) => x - mass);
}

/** max log(p/q) where p is positive; of weights from exact differences where the ratio is near 1. */
function maxLogRatio({ p, q, logarithmic }: RowPair): number {
  const [logP, logQ] = [logarithms(p, logarithmic), logarithms(q, logarithmic)];
  const pair = logarithmic ? undefined : new NormalisedPair(p, q);
  return logP.reduce((greatest, x, k) => {
    const excess = pair && pair.q(k) > 0 ? -pair.difference(k) / pair.q(k) : 1; // p/q − 1
    return x === -Infinity ? greatest : Math.max(greatest, Math.abs(excess) < 0.5 ? Math.log1p(excess) : x - logQ[k]!);
  }, 0);
}

/** q where p is positive, and what the rest of q costs: −log(1 − m), from m or from 1 − m, whichever is smaller. */
function supportedPart(rows: RowPair): { readonly cost: number; readonly supported?: RowPair } {
  const { p, q, logarithmic } = rows;
  const nothing = logarithmic ? -Infinity : 0;
  const partOf = (wanted: boolean): Float64Array => Float64Array.from(q, (x, k) => ((p[k] !== nothing) === wanted ? x : nothing));
  const [inside, outside] = [partOf(true), partOf(false)];
  if (outside.every((x) => x === nothing)) return { cost: 0, supported: rows };
  if (inside.every((x) => x === nothing)) return { cost: Infinity };
  const logMass = (row: ArrayLike<number>): number => (logarithmic ? logSumExp(row) : Math.log(sumOf(row)));
  const lost = Math.exp(logMass(outside) - logMass(q));
  return { cost: lost < 0.5 ? -Math.log1p(-lost) : logMass(q) - logMass(inside), supported: { p, q: inside, logarithmic } };
}
