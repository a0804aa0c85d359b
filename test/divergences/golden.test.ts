import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { ulp } from '../../src/engine/certificate.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import {
  alphaDivergence, bhattacharyyaDivergence, chernoffInformation, extendedAlphaDivergence, hellingerDistance, jensenShannonDivergence, klDivergence, maxDivergence, renyiDivergence, reverseKlDivergence, tsallisDivergence,
} from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectedValue, goldenCases, goldenLongCases, type GoldenCase } from '../../host/golden/divergences.ts';

const operations: Record<string, (p: Tensor, q: Tensor, c: GoldenCase) => Tensor> = {
  alpha: (p, q, { alpha }) => alphaDivergence(p, q, { alpha: alpha! }),
  'alpha-extended': (p, q, { alpha }) => extendedAlphaDivergence(p, q, { alpha: alpha! }),
  kl: (p, q) => klDivergence(p, q),
  'reverse-kl': (p, q) => reverseKlDivergence(p, q),
  hellinger: (p, q) => hellingerDistance(p, q),
  bhattacharyya: (p, q) => bhattacharyyaDivergence(p, q),
  renyi: (p, q, { beta }) => renyiDivergence(p, q, { order: beta! }),
  tsallis: (p, q, { beta }) => tsallisDivergence(p, q, { order: beta! }),
  chernoff: (p, q) => chernoffInformation(p, q),
  max: (p, q) => maxDivergence(p, q),
  'jensen-shannon': (p, q) => jensenShannonDivergence(p, q),
};
const cases = [...goldenCases, ...goldenLongCases()].filter(({ kind }) => kind in operations);

describe.each(['CPU', 'lane', 'team', 'workgroup'] as const satisfies ('CPU' | Regime)[])('%s', (where) => {
  let engine: Engine;
  beforeAll(async () => { engine = await (where === 'CPU' ? openEngine({ backend: 'cpu' }) : openEngine(await placeFor('webgpu'), { regime: where })); });
  afterAll(() => engine.dispose());

  test('golden values of the divergences to 4 ulp, or what the case allows', async () => {
    const errors = await Promise.all(cases.map(async (c) => ({ c, ...(await evaluate(engine, c)) })));
    const wrong = errors.filter(({ c, error }) => !(error <= (c.kind === 'chernoff' ? 5 : c.tolUlp ?? 4)));
    expect(wrong.map(({ c, got, error }) => `${c.id} ${c.kind} ${c.tag} α=${c.alpha} β=${c.beta}: ${got} for ${c.expected}, ${error} ulp`)).toEqual([]);
    expect(errors.length).toBeGreaterThan(315);
  }, 300_000); // hundreds of single rows, which lanes that meet at barriers serve slowly on a CPU
});

async function evaluate(engine: Engine, c: GoldenCase): Promise<{ got: number; error: number }> {
  const padding = new Array<number>(c.p.length === 1 ? 1 : 0).fill(0); // an engine takes rows of two outcomes and more
  const outcomes = c.p.length + padding.length;
  using p = engine.rows([[...c.p, ...padding]], { outcomes, form: 'weights' });
  using q = engine.rows([[...c.q, ...padding]], { outcomes, form: 'weights' });
  using d = operations[c.kind]!(p, q, c);
  const got = (await d.read())[0]!;
  const expected = Math.fround(expectedValue(c.expected)) === Infinity ? Infinity : expectedValue(c.expected);
  if (got === expected) return { got, error: 0 };
  return { got, error: Math.abs(got - expected) / Math.max(Math.abs(expected), 2 ** -126) / ulp };
}
