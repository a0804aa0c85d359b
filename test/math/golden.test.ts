import { expect, test } from 'vitest';
import {
  alphaDivergenceOfLogits,
  alphaDivergenceOfMeasures,
  alphaDivergenceOfWeights,
  deformedLogRatio,
  logRatio,
  weights,
} from '../../src/math/alpha-family.ts';
import { maxDivergenceOfWeights, renyiDivergenceOf, skewedChernoffDivergenceOf, tsallisDivergenceOf } from '../../src/math/hellinger-integral.ts';
import { chernoffOfWeights } from '../../src/math/chernoff.ts';
import { jensenShannonOfWeights } from '../../src/math/jensen-shannon.ts';
import {
  expectedValue,
  goldenCases,
  goldenGradientCases,
  goldenLogitsCases,
  goldenLongCases,
  type GoldenCase,
} from '../../host/golden/divergences.ts';
import { relativeError } from './relative-error.ts';

type Evaluate = (c: GoldenCase) => number;

/** The kinds of the golden file that have an f64 reference; members of the α-family by their identities with D_α. */
const evaluators: Record<string, Evaluate> = {
  alpha: ({ p, q, alpha }) => alphaDivergenceOfWeights(p, q, alpha!),
  'alpha-extended': ({ p, q, alpha }) => alphaDivergenceOfMeasures(p, q, alpha!),
  kl: ({ p, q }) => alphaDivergenceOfWeights(p, q, -1),
  'reverse-kl': ({ p, q }) => alphaDivergenceOfWeights(p, q, 1),
  hellinger: ({ p, q }) => Math.sqrt(alphaDivergenceOfWeights(p, q, 0) / 4),
  bhattacharyya: ({ p, q }) => skewedChernoffDivergenceOf({ p, q, logarithmic: false }, 0.5),
  renyi: ({ p, q, beta }) => renyiDivergenceOf({ p, q, logarithmic: false }, beta!),
  tsallis: ({ p, q, beta }) => tsallisDivergenceOf({ p, q, logarithmic: false }, beta!),
  'jensen-shannon': ({ p, q }) => jensenShannonOfWeights(p, q, 0.5),
  max: ({ p, q }) => maxDivergenceOfWeights(p, q),
  chernoff: ({ p, q }) => chernoffOfWeights(p, q).information,
};

test.each(Object.entries(evaluators))('golden values of kind %s', (kind, evaluate) => {
  const cases = goldenCases.filter((c) => c.kind === kind);
  expect(cases.length).toBeGreaterThan(0);
  for (const c of cases) {
    const error = relativeError(evaluate(c), expectedValue(c.expected));
    expect(error, `${c.id} ${c.tag}`).toBeLessThanOrEqual(1e-13);
  }
});

test('golden orders of the Chernoff information', () => {
  const cases = goldenCases.filter((c) => c.kind === 'chernoff' && c.betaStar !== undefined && c.expected !== '0');
  expect(cases.length).toBeGreaterThan(5);
  for (const { id, tag, p, q, betaStar } of cases) {
    expect(Math.abs(chernoffOfWeights(p, q).order - Number(betaStar)), `${id} ${tag}`).toBeLessThanOrEqual(1e-9);
  }
});

test('golden values of rows of 131072 outcomes', () => {
  for (const c of goldenLongCases()) {
    const error = relativeError(evaluators[c.kind]!(c), expectedValue(c.expected));
    expect(error, `${c.id} ${c.tag}`).toBeLessThanOrEqual(1e-13);
  }
});

test('golden values of logits', () => {
  for (const { id, tag, a, b, alpha, expected } of goldenLogitsCases) {
    const error = relativeError(alphaDivergenceOfLogits(a, b, alpha), expectedValue(expected));
    expect(error, `${id} ${tag}`).toBeLessThanOrEqual(1e-12);
  }
});

test('golden gradients: ∂φ/∂p = −T_a(x) and ∂φ/∂q = T_−b(x)', () => {
  for (const { id, alpha, p, q, dP, dQ } of goldenGradientCases) {
    const { a, b } = weights(alpha);
    p.forEach((pk, k) => {
      const x = logRatio(pk, q[k]!);
      // the file gives 20 digits
      expect(relativeError(-deformedLogRatio(a, x), Number(dP[k])), `${id} dP[${k}]`).toBeLessThanOrEqual(1e-13);
      expect(relativeError(deformedLogRatio(-b, x), Number(dQ[k])), `${id} dQ[${k}]`).toBeLessThanOrEqual(1e-13);
    });
  }
});
