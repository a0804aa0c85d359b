import { alphaTermOf } from './alpha-term.ts';
import { NormalisedPair } from './normalised-pair.ts';
import { CompensatedSum } from './sum.ts';

/**
 * Chernoff information C = max_a −log Z(a), Z = Σ p^(1−a) q^a, in f64. With x = log(q/p) and w = p e^{ax} the maximum
 * is where
 *
 *     Σ w x = A − B = 0,    A = Σ over x > 0 of w x,    B = Σ over x < 0 of w |x|
 *
 * log A rises with a, log B falls, both nearly in straight lines (exactly for two outcomes), so Newton's method on
 * log(A/B) arrives in a few steps from anywhere. Where the supports agree A − B = Σ (w x − (q − p)), which near rows need.
 */

/** Outcomes that both rows have, by log(q/p), and how much each row has alone. */
interface Overlap {
  readonly p: Float64Array;
  readonly q: Float64Array;
  readonly d: Float64Array;
  readonly x: Float64Array;
  readonly alone: { readonly p: number; readonly q: number };
}

function overlapOf(p: ArrayLike<number>, q: ArrayLike<number>): Overlap {
  const pair = new NormalisedPair(p, q);
  const common = Array.from({ length: p.length }, (_, k) => k).filter((k) => p[k]! > 0 && q[k]! > 0);
  const of = (value: (k: number) => number): Float64Array => Float64Array.from(common, value);
  const [alonePs, aloneQs] = [new CompensatedSum(), new CompensatedSum()];
  for (let k = 0; k < p.length; k++) {
    if (q[k] === 0) alonePs.add(pair.p(k));
    if (p[k] === 0) aloneQs.add(pair.q(k));
  }
  const alone = { p: alonePs.value, q: aloneQs.value };
  return { p: of((k) => pair.p(k)), q: of((k) => pair.q(k)), d: of((k) => pair.difference(k)), x: of((k) => pair.logRatio(k)), alone };
}

/** (x e^{ax} − expm1(x))/x² = Σ (a^{k+1}(k + 2) − 1) x^k/(k + 2)!, for small x. */
function slopeSeries(a: number, x: number, terms: number): number {
  let [sum, power, factorial, powerOfX] = [0, a, 2, 1];
  for (let k = 0; k < terms; k++) {
    sum += ((power * (k + 2) - 1) / factorial) * powerOfX;
    power *= a;
    factorial *= k + 3;
    powerOfX *= x;
  }
  return sum;
}

/** A − B, B, and the slopes Σ w x² of A and of B, at a. */
function slopesAt({ p, d, x, alone }: Overlap, a: number): { readonly gap: number; readonly b: number; readonly slopeA: number; readonly slopeB: number } {
  const [gap, plain, b] = [new CompensatedSum(), new CompensatedSum(), new CompensatedSum()];
  const [slopeA, slopeB] = [new CompensatedSum(), new CompensatedSum()];
  let [moved, size] = [0, 0];
  for (let k = 0; k < x.length; k++) {
    const [pk, xk] = [p[k]!, x[k]!];
    const w = pk * Math.exp(a * xk);
    const near = Math.abs(xk) < 0.1;
    gap.add(near ? pk * xk * xk * slopeSeries(a, xk, 12) : w * xk - d[k]!);
    plain.add(w * xk);
    if (!near) moved += Math.abs(d[k]!);
    size += Math.abs(w * xk);
    if (xk < 0) b.add(-w * xk);
    (xk < 0 ? slopeB : slopeA).add(w * xk * xk);
  }
  const apart = alone.p > 0 || alone.q > 0 || moved > 8 * size; // then w is small beside what q − p rounds
  return { gap: (apart ? plain : gap).value, b: b.value, slopeA: slopeA.value, slopeB: slopeB.value };
}

/** The exponent of q at the maximum; ½ where every exponent does as well. */
function maximisingExponent(overlap: Overlap): number {
  if (overlap.x.length === 0 || overlap.x.every((x) => x === 0)) return 0.5;
  if (slopesAt(overlap, 0).gap >= 0) return 0;
  if (slopesAt(overlap, 1).gap <= 0) return 1;
  let [a, low, high] = [0.5, 0, 1];
  for (let step = 0; step < 100; step++) {
    const { gap, b, slopeA, slopeB } = slopesAt(overlap, a);
    if (gap > 0) high = a;
    else low = a;
    const newton = a - Math.log1p(gap / b) / (slopeA / (b + gap) + slopeB / b);
    if (Math.abs(newton - a) < 1e-15) return newton;
    a = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return a;
}

/** Σ (b p + a q − p^b q^a) = 1 − Z(a). */
function overlapLoss(overlap: Overlap, a: number): number {
  const { p, q, d, alone } = overlap;
  const sum = new CompensatedSum();
  sum.add((1 - a) * alone.p);
  sum.add(a * alone.q);
  if (a > 0 && a < 1) {
    const term = alphaTermOf(2 * a - 1);
    for (let k = 0; k < p.length; k++) sum.add(a * (1 - a) * term.of(p[k]!, q[k]!, d[k]));
  }
  return sum.value;
}

/** C(p, q) of p/Σp and q/Σq, and the exponent σ of p in Σ p^σ q^(1−σ) at which it is reached. */
export function chernoffOfWeights(p: ArrayLike<number>, q: ArrayLike<number>): { readonly information: number; readonly order: number } {
  const overlap = overlapOf(p, q);
  const a = maximisingExponent(overlap);
  const loss = overlapLoss(overlap, a);
  if (overlap.x.length === 0) return { information: Infinity, order: 0.5 };
  if (loss < 0.5) return { information: Math.max(0, -Math.log1p(-loss)), order: 1 - a };
  const z = new CompensatedSum();
  overlap.x.forEach((x, k) => z.add(overlap.p[k]! * Math.exp(a * x)));
  return { information: -Math.log(z.value), order: 1 - a };
}
