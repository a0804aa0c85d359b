import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../../src/engine/engine.ts';
import { ulp } from '../../src/engine/certificate.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, chernoffInformation, hellingerDistance, jensenShannonDivergence, klDivergence, maxDivergence, reverseKlDivergence } from '../../src/index.ts';
import { expectedValue, goldenCases, goldenLongCases, type GoldenCase } from '../golden/divergences.ts';

const operations: Record<string, (p: Tensor, q: Tensor, alpha: number) => Tensor> = {
  alpha: (p, q, alpha) => alphaDivergence(p, q, { alpha }),
  kl: klDivergence,
  'reverse-kl': reverseKlDivergence,
  hellinger: hellingerDistance,
  chernoff: chernoffInformation,
  max: maxDivergence,
  'jensen-shannon': (p, q) => jensenShannonDivergence(p, q),
};
const cases = [...goldenCases, ...goldenLongCases()].filter(({ kind, p }) => kind in operations && p.length > 1);

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ backend: 'webgpu' }, { regime }); });
  afterAll(() => engine.dispose());

  test('golden values of the divergences to 4 ulp', async () => {
    const errors = await Promise.all(cases.map(async (c) => ({ c, ...(await evaluate(engine, c)) })));
    const wrong = errors.filter(({ c, error }) => !(error <= (c.kind === 'chernoff' ? 5 : c.tolUlp ?? 4)));
    expect(wrong.map(({ c, got, error }) => `${c.id} ${c.kind} ${c.tag} α=${c.alpha}: ${got} for ${c.expected}, ${error} ulp`)).toEqual([]);
    expect(errors.length).toBeGreaterThan(180);
  });
});

async function evaluate(engine: Engine, c: GoldenCase): Promise<{ got: number; error: number }> {
  const outcomes = c.p.length;
  using p = engine.rows([c.p], { outcomes, form: 'weights' });
  using q = engine.rows([c.q], { outcomes, form: 'weights' });
  using d = operations[c.kind]!(p, q, c.alpha ?? 0);
  const got = (await d.read())[0]!;
  const expected = Math.fround(expectedValue(c.expected)) === Infinity ? Infinity : expectedValue(c.expected);
  if (got === expected) return { got, error: 0 };
  return { got, error: Math.abs(got - expected) / Math.max(Math.abs(expected), 2 ** -126) / ulp };
}
