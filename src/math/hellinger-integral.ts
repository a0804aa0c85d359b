import { alphaDivergenceOfLogits, alphaDivergenceOfWeights, logSumExp, type Weights } from './alpha-family.ts';
import { LogitPair, maximumOf, sumOfExponentials } from './logit-pair.ts';
import { NormalisedPair } from './normalised-pair.ts';
import { sumOf } from './sum.ts';
import { wideLogMean } from './wide.ts';

/**
 * Functions of the Hellinger integral H_β = Σ p^β q^(1−β) = 1 − β(1−β) D_α, α = 1 − 2β, of two normalised rows in f64.
 *
 * Mass of q where p is 0 is split off first: with q̃ = q on the support of p, normalised, and m the rest of its mass,
 * H_β(p, q) = (1 − m)^(1−β) H_β(p, q̃) for β ≥ 0. What is left is smooth at β = 0. The exponents b = β of p and
 * a = 1 − β of q go along both, since the smaller of them has more digits than α.
 */
export interface RowPair {
  readonly p: ArrayLike<number>;
  readonly q: ArrayLike<number>;
  /** Whether the rows are logits; otherwise they are weights. */
  readonly logarithmic: boolean;
}

const ofOrder = (order: number): Weights => ({ a: 1 - order, b: order });

/** R_β(p‖q) = log H_β/(β − 1); KL(p‖q) at 1, −log of the mass of q where p is positive at 0, max log(p/q) at ∞. */
export function renyiDivergenceOf(rows: RowPair, order: number): number {
  if (order === Infinity) return maxLogRatio(pairOf(rows), rows);
  if (order === -Infinity) return negated(renyiDivergenceOf(exchanged(rows), Infinity), 1);
  const { a, b } = ofOrder(order);
  return order < 0 ? negated(renyi(exchanged(rows), { a: b, b: a }), -b / a) : renyi(rows, { a, b });
}

function renyi(rows: RowPair, exponents: Weights): number {
  const { cost, supported } = supportedPart(rows);
  return supported ? cost + renyiWithinSupport(supported, exponents) : Infinity;
}

/** T_β(p‖q) = (H_β − 1)/(β − 1) = β D_α. */
export function tsallisDivergenceOf(rows: RowPair, order: number): number {
  const { a, b } = ofOrder(order);
  if (order < 0) return negated(alphaDivergence(rows, { a, b }), -b);
  const { cost, supported } = supportedPart(rows);
  const beyond = a === 0 ? cost : -Math.expm1(-a * cost) / a;
  const within = supported && cost < Infinity ? alphaDivergence(supported, { a, b }) : 0;
  return within === 0 ? beyond : beyond + Math.exp(-a * cost) * b * within;
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

function pairOf({ p, q, logarithmic }: RowPair): LogitPair | NormalisedPair {
  return logarithmic ? new LogitPair(p, q) : new NormalisedPair(p, q);
}

function alphaDivergence({ p, q, logarithmic }: RowPair, { a, b }: Weights): number {
  return (logarithmic ? alphaDivergenceOfLogits : alphaDivergenceOfWeights)(p, q, a - b, { a, b });
}

/** Near p = q from D_α, where 1 − H_β would cancel; far from it by the largest term, where D_α overflows or 1 − κ D_α cancels. */
function renyiWithinSupport(rows: RowPair, { a, b }: Weights): number {
  const divergence = alphaDivergence(rows, { a, b });
  const z = -a * b * divergence;
  if (a === 0 || z === 0) return b * divergence;
  if (z >= -0.5 && z < 1e200) return b * divergence * (Math.log1p(z) / z);
  return logIntegral(rows, { a, b }) / -a;
}

/** log H_β as a log-sum-exp of exponents b log p + a log q, which may cancel. */
function logIntegral(rows: RowPair, { a, b }: Weights): number {
  const pair = pairOf(rows);
  const nothing = rows.logarithmic ? -Infinity : 0;
  const exponents = Float64Array.from(rows.p, (x, k) => {
    if (x === nothing) return -Infinity; // b > 0 here
    if (rows.q[k] === nothing) return a < 0 ? Infinity : -Infinity;
    return wideLogMean(pair, k, a, b).value;
  });
  return logSumExp(exponents) - (pair instanceof LogitPair ? Math.log(pair.mass) : 0);
}

/** max log(p/q) where p is positive. */
function maxLogRatio(pair: Pick<LogitPair, 'logRatio'>, { p, q, logarithmic }: RowPair): number {
  const nothing = logarithmic ? -Infinity : 0;
  let greatest = 0;
  for (let k = 0; k < p.length; k++) {
    if (p[k] === nothing) continue;
    if (q[k] === nothing) return Infinity;
    greatest = Math.max(greatest, -pair.logRatio(k));
  }
  return greatest;
}

/** max log(p/q) of p/Σp and q/Σq. */
export function maxDivergenceOfWeights(p: ArrayLike<number>, q: ArrayLike<number>): number {
  return maxLogRatio(new NormalisedPair(p, q), { p, q, logarithmic: false });
}

/** q where p is positive, and what the rest of q costs: −log(1 − m), from m or from 1 − m, whichever is smaller. */
function supportedPart(rows: RowPair): { readonly cost: number; readonly supported?: RowPair } {
  const { p, q, logarithmic } = rows;
  const nothing = logarithmic ? -Infinity : 0;
  const partOf = (wanted: boolean): Float64Array => Float64Array.from(q, (x, k) => ((p[k] !== nothing) === wanted ? x : nothing));
  const [inside, outside] = [partOf(true), partOf(false)];
  if (outside.every((x) => x === nothing)) return { cost: 0, supported: rows };
  if (inside.every((x) => x === nothing)) return { cost: Infinity };
  const lost = Math.exp(logShare(outside, q, logarithmic));
  return { cost: lost < 0.5 ? -Math.log1p(-lost) : -logShare(inside, q, logarithmic), supported: { p, q: inside, logarithmic } };
}

/** log of the share that part has of the mass of q. */
function logShare(part: ArrayLike<number>, q: ArrayLike<number>, logarithmic: boolean): number {
  if (!logarithmic) return Math.log(sumOf(part) / sumOf(q));
  const [greatest, own] = [maximumOf(q), maximumOf(part)];
  return own - greatest + Math.log(sumOfExponentials(part, own) / sumOfExponentials(q, greatest));
}
