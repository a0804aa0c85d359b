import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Operand } from '../../src/engine/operation.ts';
import { bregmanDivergence, type BregmanGenerator } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { relativeError } from '../math/relative-error.ts';
import { pairsOfWeights, readPairs, worstOf, type Pairs } from './random-pairs.ts';

const generators: readonly BregmanGenerator[] = ['negativeEntropy', 'squaredEuclidean', 'itakuraSaito', 'burg'];

/** What the record's own reference says. */
function reference({ p, q }: Pairs, generator: BregmanGenerator): number[] {
  const operand = (rows: readonly number[][]): Operand => ({ form: 'weights', rows: rows.length, width: rows[0]!.length, row: (index) => rows[index]! });
  const write = bregmanDivergence.operation.reference([operand(p), operand(q)], { generator });
  return p.map((_, row) => {
    const out = new Float64Array(1);
    write(row, out);
    return out[0]!;
  });
}

test('the reference by the definition, φ(p) − φ(q) − φ′(q)(p − q)', () => {
  const potentials: Record<BregmanGenerator, [(x: number) => number, (x: number) => number]> = {
    negativeEntropy: [(x) => x * Math.log(x), (x) => Math.log(x) + 1],
    squaredEuclidean: [(x) => x * x, (x) => 2 * x],
    itakuraSaito: [(x) => -Math.log(x), (x) => -1 / x],
    burg: [(x) => -Math.log(x), (x) => -1 / x],
  };
  const [p, q] = [[0.3, 7, 2, 0.01], [1.5, 6, 40, 0.5]];
  for (const generator of generators) {
    const [phi, slope] = potentials[generator];
    const expected = p.reduce((sum, x, k) => sum + phi(x) - phi(q[k]!) - slope(q[k]!) * (x - q[k]!), 0);
    expect(relativeError(reference({ form: 'weights', p: [p], q: [q] }, generator)[0]!, expected)).toBeLessThanOrEqual(1e-13);
  }
});

describe.each(['lane', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor('webgpu'), { regime }); });
  afterAll(() => engine.dispose());

  test.each(generators)('random rows by %s to 4 ulp', async (generator) => {
    for (const outcomes of [2, 9, 700]) {
      const pairs = pairsOfWeights(outcomes, regime === 'lane' ? 150 : 12, outcomes);
      const got = await readPairs(engine, pairs, (p, q) => bregmanDivergence(p, q, { generator }));
      const expected = reference(pairs, generator);
      const flushed = outcomes * 2 ** -126; // squares too small for f32
      const wrong = got.filter((d, row) => !(Math.abs(d - expected[row]!) <= 4 * ulp * expected[row]! + flushed));
      expect(wrong, `${outcomes} outcomes`).toEqual([]);
    }
  });

  test('ratios from 2⁻¹⁰⁰ to 2¹⁰⁰, one outcome of two', async () => {
    const ratios = Array.from({ length: 801 }, (_, k) => Math.fround(2 ** ((k - 400) / 4)));
    const pairs: Pairs = { form: 'weights', p: ratios.map(() => [1.25, 1]), q: ratios.map((x) => [x, 1]) };
    for (const generator of generators.filter((name) => name !== 'squaredEuclidean')) {
      const got = await readPairs(engine, pairs, (p, q) => bregmanDivergence(p, q, { generator }));
      expect(worstOf(got, reference(pairs, generator)).ulps, generator).toBeLessThanOrEqual(4);
    }
  });
});

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  test('zeros', async () => {
    const p = engine.rows([[0, 2], [3, 2], [0, 2]], { outcomes: 2, form: 'weights' });
    const q = engine.rows([[3, 2], [0, 2], [0, 2]], { outcomes: 2, form: 'weights' });
    const read = async (generator: BregmanGenerator): Promise<number[]> => [...await bregmanDivergence(p, q, { generator }).read()];
    expect(await read('negativeEntropy')).toEqual([3, Infinity, 0]);
    expect(await read('squaredEuclidean')).toEqual([9, 9, 0]);
    expect(await read('itakuraSaito')).toEqual([Infinity, Infinity, 0]);
    expect(await read('burg')).toEqual([Infinity, Infinity, 0]);
  });

  test.each(['entropy', undefined, 3, 'toString'])('generator %s is refused', async (generator) => {
    const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
    await expectFailure(() => bregmanDivergence(p, p, { generator: generator as BregmanGenerator }), DomainError, 'domain', {
      operation: 'bregmanDivergence', argument: 'generator', expected: '"negativeEntropy" or "squaredEuclidean" or "itakuraSaito" or "burg"',
    });
  });
});
