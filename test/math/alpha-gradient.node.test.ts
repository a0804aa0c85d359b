import { describe, expect, test } from 'vitest';
import { alphaDivergenceOfLogits, alphaDivergenceOfWeights, softmax, weights } from '../../src/math/alpha-family.ts';
import { alphaGradientOfLogits, alphaGradientOfWeights } from '../../src/math/alpha-gradient.ts';
import { sumOf } from '../../src/math/sum.ts';
import { goldenGradientCases } from '../../host/golden/divergences.ts';
import { uniformFrom } from './relative-error.ts';

type Row = readonly number[];
type Side = 'p' | 'q';
type Gradient = (p: Row, q: Row, alpha: number, of: Side) => number[];

const alphas = [-3, -1.3, -1, -1 + 1e-7, -0.2, 0, 0.5, 1, 1 + 1e-12, 2, 3, 15];
const sides: readonly Side[] = ['p', 'q'];

function gradientBy(evaluate: typeof alphaGradientOfWeights): Gradient {
  return (p, q, alpha, of) => {
    const out = new Float64Array(p.length);
    if (of === 'p') evaluate(p, q, weights(alpha), out);
    else evaluate(q, p, weights(-alpha), out);
    return [...out];
  };
}

const ofWeights = gradientBy(alphaGradientOfWeights);
const ofLogits = gradientBy(alphaGradientOfLogits);
const largest = (row: Row): number => Math.max(...row.map(Math.abs));

function expectNear(got: Row, expected: Row, relative: number, what: string): void {
  const worst = Math.max(...got.map((x, k) => (x === expected[k] ? 0 : Math.abs(x - expected[k]!)))) / largest(expected);
  expect(worst, what).toBeLessThanOrEqual(relative);
}

function probabilitiesOf(logits: Row): number[] {
  const out = new Float64Array(logits.length);
  softmax(logits, out);
  return [...out];
}

const uniform = uniformFrom(20);
const randomRow = (spread: number): number[] => Array.from({ length: 6 }, () => Math.fround(spread * (uniform() - 0.5)));
const logitPairs = [1, 3, 12, 40].map((spread) => [randomRow(spread), randomRow(spread)] as const);
const weightPairs = logitPairs.map(([z, y]) => [z.map((x) => 3 * Math.exp(x)), y.map((x) => Math.exp(x))] as const);

test('golden slopes: the gradient is (P/Q)^c (slope − mean slope)/P', () => {
  for (const { id, alpha, p, q, dP, dQ } of goldenGradientCases) {
    const { a, b } = weights(alpha);
    for (const [of, own, other, c, slopes] of [['p', p, q, a, dP], ['q', q, p, b, dQ]] as const) {
      const [mass, otherMass] = [sumOf(own), sumOf(other)];
      const mean = sumOf(own.map((x, k) => (x / mass) * Number(slopes[k])));
      const expected = slopes.map((slope) => ((mass / otherMass) ** c * (Number(slope) - mean)) / mass);
      expectNear(ofWeights(p, q, alpha, of), expected, 1e-13, `${id} of ${of}`);
    }
  }
});

describe('closed forms', () => {
  test.each(logitPairs)('KL(p‖q) in the logits of q is q − p, of p it is p (log p/q − KL)', (z, y) => {
    const [p, q] = [probabilitiesOf(z), probabilitiesOf(y)];
    expectNear(ofLogits(z, y, -1, 'q'), q.map((x, k) => x - p[k]!), 1e-13, 'q');
    const logs = p.map((x, k) => Math.log(x / q[k]!));
    const kl = sumOf(p.map((x, k) => x * logs[k]!));
    expectNear(ofLogits(z, y, -1, 'p'), p.map((x, k) => x * (logs[k]! - kl)), 1e-12, 'p');
  });

  test.each(weightPairs)('D_−3 = (Σ p²/q − 1)/2 in q and p, D_0 = 4 − 4 Σ √(pq) in p', (w, v) => {
    const [p, q] = [w.map((x) => x / sumOf(w)), v.map((x) => x / sumOf(v))];
    const chi = sumOf(p.map((x, k) => x ** 2 / q[k]!));
    expectNear(ofWeights(w, v, -3, 'q'), p.map((x, k) => (chi - (x / q[k]!) ** 2) / 2 / sumOf(v)), 1e-13, 'q');
    expectNear(ofWeights(w, v, -3, 'p'), p.map((x, k) => (x / q[k]! - chi) / sumOf(w)), 1e-13, 'p');
    const affinity = sumOf(p.map((x, k) => Math.sqrt(x * q[k]!)));
    expectNear(ofWeights(w, v, 0, 'p'), p.map((x, k) => (2 * (affinity - Math.sqrt(q[k]! / x))) / sumOf(w)), 1e-13, 'D_0');
  });

  test.each(alphas)('of logits, α = %d: (A q − p^b q^a)/b, less the direction from q to p', (alpha) => {
    const { a, b } = weights(alpha);
    if (Math.abs(b) < 0.1 || Math.abs(a) > 3) return;
    for (const [z, y] of logitPairs.slice(0, 2)) {
      const [p, q] = [probabilitiesOf(z), probabilitiesOf(y)];
      const powers = p.map((x, k) => x ** b * q[k]! ** a);
      const direction = powers.map((x, k) => (x - sumOf(powers) * q[k]!) / b);
      expectNear(ofLogits(z, y, alpha, 'q').map((x) => -x), direction, 1e-12, `α = ${alpha}`);
    }
  });
});

/** Central differences of third order: an error of h⁴ beside the rounding of D. */
function differences(at: (row: Row) => number, row: Row): number[] {
  return row.map((x, k) => {
    const h = 2 ** -9 * Math.max(1e-3, Math.abs(x));
    const moved = (by: number): number => at(row.map((entry, j) => (j === k ? entry + by : entry)));
    return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
  });
}

test.each(alphas.filter((alpha) => alpha < 15))('finite differences of the divergence at α = %d', (alpha) => {
  const [[w, v]] = weightPairs as [(typeof weightPairs)[0]];
  const [[z, y]] = logitPairs as [(typeof logitPairs)[0]];
  expectNear(ofWeights(w, v, alpha, 'p'), differences((row) => alphaDivergenceOfWeights(row, v, alpha), w), 1e-8, 'p');
  expectNear(ofWeights(w, v, alpha, 'q'), differences((row) => alphaDivergenceOfWeights(w, row, alpha), v), 1e-8, 'q');
  expectNear(ofLogits(z, y, alpha, 'p'), differences((row) => alphaDivergenceOfLogits(row, y, alpha), z), 1e-8, 'logits of p');
  expectNear(ofLogits(z, y, alpha, 'q'), differences((row) => alphaDivergenceOfLogits(z, row, alpha), y), 1e-8, 'logits of q');
});

describe.each(alphas)('laws at α = %d', (alpha) => {
  test('Σ p ∂D/∂p = 0, Σ ∂D/∂logits = 0, and logits have p ∂D/∂p', () => {
    for (const [z, y] of logitPairs) for (const of of sides) {
      const [p, q] = [probabilitiesOf(z), probabilitiesOf(y)];
      const [direct, chained] = [ofLogits(z, y, alpha, of), ofWeights(p, q, alpha, of).map((x, k) => x * (of === 'p' ? p : q)[k]!)];
      expect(Math.abs(sumOf(direct))).toBeLessThanOrEqual(1e-13 * largest(direct));
      expectNear(chained, direct, 1e-12 * Math.max(1, Math.abs(alpha)), of);
    }
  });

  test('D_α(p‖q) in p is D_−α(q‖p) in its second row', () => {
    for (const [p, q] of weightPairs) expectNear(ofWeights(p, q, alpha, 'p'), ofWeights(q, p, -alpha, 'q'), 1e-14, 'duality');
  });

  test('nothing pulls where the rows are equal, or differ by a factor', () => {
    for (const of of sides) for (const [p] of weightPairs) {
      expect(ofWeights(p, p, alpha, of).every((x) => x === 0)).toBe(true);
      expect(largest(ofWeights(p, p.map((x) => 2 ** 40 * x), alpha, of).map((x, k) => x * p[k]!))).toBeLessThanOrEqual(1e-14);
    }
  });
});

test('a row that is peaked next to a peaked row keeps its digits', () => {
  const [z, y] = [[40, 0, 1], [40, 1, 0]];
  const [p, q] = [probabilitiesOf(z), probabilitiesOf(y)]; // q − p = (0, e − 1, 1 − e) e^−40 up to e^−80
  expectNear(ofLogits(z, y, -1, 'q').slice(1), [q[1]! - p[1]!, q[2]! - p[2]!], 1e-14, 'KL');
  // KL(q‖p) in the logits of q: q_j (log q_j/p_j − KL), with log q/p = ±1 beyond the peak.
  expectNear(ofLogits(z, y, 1, 'q').slice(1), [q[1]!, -q[2]!], 1e-14, 'reverse KL');
});

const inf = Infinity;
test.each<[string, number, Side, Row, Row, Row, Row]>([
  // name, α, row, p, q, ∂/∂row, ∂/∂logits
  ['KL in p, mass only in q', -1, 'p', [0, 0.5, 0.5], [0.5, 0.25, 0.25], [-inf, 0, 0], [0, 0, 0]],
  ['KL in q, mass only in q', -1, 'q', [0, 0.5, 0.5], [0.5, 0.25, 0.25], [1, -1, -1], [0.5, -0.25, -0.25]],
  ['KL in q, mass only in p', -1, 'q', [0.5, 0.25, 0.25], [0, 0.5, 0.5], [-inf, 0.5, 0.5], [-0.5, 0.25, 0.25]],
  ['KL in p, mass only in p', -1, 'p', [0.5, 0.25, 0.25], [0, 0.5, 0.5], [inf, -inf, -inf], [inf, -inf, -inf]],
  ['Hellinger in p, mass only in q', 0, 'p', [0, 0.5, 0.5], [0.5, 0.25, 0.25], [-inf, 0, 0], [0, 0, 0]],
  ['Hellinger in p, mass only in p', 0, 'p', [0.5, 0.25, 0.25], [0, 0.5, 0.5], [Math.SQRT2, -Math.SQRT2, -Math.SQRT2], [Math.SQRT1_2, -Math.SQRT1_2 / 2, -Math.SQRT1_2 / 2]],
  ['Hellinger in p, disjoint', 0, 'p', [0.5, 0.5, 0], [0, 0, 1], [0, 0, -inf], [0, 0, 0]],
  ['D_3 in q, mass only in p', 3, 'q', [0.5, 0.25, 0.25], [0, 0.5, 0.5], [-2, 0, 0], [0, 0, 0]],
  ['D_3 in p, mass only in q', 3, 'p', [0, 0.5, 0.5], [0.5, 0.25, 0.25], [-inf, inf, inf], [-inf, inf, inf]],
  ['KL in p, both zero', -1, 'p', [0, 0.5, 0.5], [0, 0.5, 0.5], [inf, 0, 0], [0, 0, 0]],
  ['reverse KL in p, both zero', 1, 'p', [0, 0.5, 0.5], [0, 0.5, 0.5], [1, 0, 0], [0, 0, 0]],
])('zeros: %s', (_, alpha, of, p, q, ofRow, ofLogit) => {
  const logs = (row: Row): number[] => row.map((x) => Math.log(x));
  for (const [got, expected] of [[ofWeights(p, q, alpha, of), ofRow], [ofLogits(logs(p), logs(q), alpha, of), ofLogit]] as const) {
    expect(got.map((x, k) => (Math.abs(x - expected[k]!) <= 1e-14 ? expected[k] : x))).toEqual(expected);
  }
});

test('logits beyond every exponent', () => {
  // share · mean = e^(−1e9 + 7e9)/8 exceeds own T_c = e^−1e9 where own and other are masked alike.
  expect(ofLogits([-1e9, 0, -1e9], [-1e9, -1e9, 184], 15, 'p')).toEqual([inf, inf, -inf]);
  // The reference has e^(c x) = e^1e9, but a slope of 0; the other outcome e^−1e9 times it.
  expect(ofLogits([0, -1e9], [-1e9, 0], -3, 'p')).toEqual([1, -1]);
});
