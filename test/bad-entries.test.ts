/** Entries and sums of rows that break the rules of their form, on both backends: an error that names row and entry, and an engine that goes on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import { DomainError } from '../src/engine/errors.ts';
import type { DistributionForm } from '../src/engine/forms.ts';
import type { Tensor } from '../src/engine/tensor.ts';
import { hellingerDistance, klDivergence, mirrorDescentStep, probabilities } from '../src/index.ts';
import { openEngine } from '../src/open.ts';
import { placeFor } from './engine/place.ts';
import { expectFailure } from './failure.ts';

const rowOf = { probabilities: [0.25, 0.25, 0.5], weights: [1, 1, 2], logits: [0, 1, 2], logProbabilities: [Math.log(0.25), Math.log(0.25), Math.log(0.5)] };

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  let p: Tensor;
  beforeAll(async () => {
    engine = await openEngine(await placeFor(backend));
    p = engine.rows([rowOf.probabilities, [0.5, 0.25, 0.25]], { outcomes: 3 });
  });
  afterAll(() => engine.dispose());

  const below = 'Remove or repair the row before it is given to the engine.';
  const entries = { expected: 'finite entries ≥ 0', remedy: below };
  const logs = { expected: 'finite entries, or −Infinity for probability zero', remedy: below };
  const normalised = { expected: 'a row whose sum is within 0.001 of 1', remedy: "Use form: 'weights' for rows that are not normalised." };
  const cases: [DistributionForm, number[], object][] = [
    ['probabilities', [Number.NaN, 0.5, 0.5], { ...entries, got: 'NaN at outcome 0' }],
    ['probabilities', [0.5, -0.125, 0.625], { ...entries, got: '-0.125 at outcome 1' }],
    ['probabilities', [0, 0, Infinity], { ...entries, got: 'Infinity at outcome 2' }],
    ['probabilities', [0.25, 0.25, 0.5 + 1 / 512], { ...normalised, got: `a sum of ${1 + 1 / 512}` }],
    ['probabilities', [0.25, 0.25, 0.5 - 1 / 512], { ...normalised, got: `a sum of ${1 - 1 / 512}` }],
    ['probabilities', [0, 0, 0], { ...normalised, got: 'a sum of 0' }],
    ['weights', [1, 2, Number.NaN], { ...entries, got: 'NaN at outcome 2' }],
    ['weights', [1, -Infinity, 0], { ...entries, got: '-Infinity at outcome 1' }],
    ['weights', [0, 0, 0], { expected: 'a row whose sum lies between 2⁻¹⁰⁰ and 2¹⁰⁰', got: 'a sum of 0' }],
    ['weights', [2 ** 127, 2 ** 127, 0], { expected: 'a row whose sum lies between 2⁻¹⁰⁰ and 2¹⁰⁰', got: `a sum of ${2 ** 128}` }],
    ['logits', [1, 2, Infinity], { ...logs, got: 'Infinity at outcome 2' }],
    ['logits', [1, Number.NaN, 2], { ...logs, got: 'NaN at outcome 1' }],
    ['logits', [-Infinity, -Infinity, -Infinity], { expected: 'at least one finite logit', got: 'only −Infinity' }],
    ['logProbabilities', [0, 0, -Infinity], { expected: 'a row whose probabilities sum is within 0.001 of 1', got: 'a sum of 2', remedy: "Use form: 'logits' for rows that are not normalised." }],
    ['logProbabilities', [Infinity, 0, 0], { ...logs, got: 'Infinity at outcome 0' }],
  ];
  test.each(cases)('%s %j', async (form, bad, facts) => {
    const good = rowOf[form];
    const q = engine.rows([good, good, bad, good, bad], { outcomes: 3, form });
    const rows = engine.rows([good], { outcomes: 3, form });
    await expectFailure(() => klDivergence(rows, q).read(), DomainError, 'domain', { operation: 'klDivergence', argument: 'q', row: 2, ...facts });
  });

  test.each([Number.NaN, Infinity, -Infinity])('%d in a gradient', async (bad) => {
    const gradient = engine.values([[0, 0, 0], [0, bad, 0]], { outcomes: 3 });
    const facts = { operation: 'mirrorDescentStep', argument: 'gradient', row: 1, expected: 'finite entries', got: `${bad} at outcome 1` };
    await expectFailure(() => mirrorDescentStep(p, gradient, { stepSize: 1 }).read(), DomainError, 'domain', facts);
  });

  test('a source that is read as it is', async () => {
    const rows = engine.rows([[1, -1]], { outcomes: 2, form: 'weights' });
    await expectFailure(() => rows.read(), DomainError, 'domain', { operation: 'tensor.read', row: 0, got: '-1 at outcome 1' });
  });

  test('a bad row is named again at the next read, and by other operations', async () => {
    const q = engine.rows([rowOf.weights, [0, 0, 0]], { outcomes: 3, form: 'weights' });
    const divergence = klDivergence(p, q);
    for (const tensor of [divergence, divergence, hellingerDistance(q, p)]) await expectFailure(() => tensor.read(), DomainError, 'domain', { row: 1 });
    expect(() => divergence.report).toThrow('one that has not');
  });

  test('of several bad arguments the first is named, whatever row is bad', async () => {
    const [early, late] = [[[1, 1, 1], [0, 0, 0]], [[0, 0, 0], [1, 1, 1]]].map((rows) => engine.rows(rows, { outcomes: 3, form: 'weights' }));
    await expectFailure(() => klDivergence(early!, late!).read(), DomainError, 'domain', { argument: 'p', row: 1 });
    await expectFailure(() => klDivergence(late!, early!).read(), DomainError, 'domain', { argument: 'p', row: 0 });
  });

  test('a bad row does not disturb reads at the same time', async () => {
    const bad = engine.rows([[Number.NaN, 1, 0]], { outcomes: 3 });
    const reads = await Promise.allSettled([hellingerDistance(p, p).read(), klDivergence(bad, p).read(), klDivergence(p, p).read(), klDivergence(p, bad).read()]);
    expect(reads.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    for (const read of [reads[0], reads[2]]) expect(read).toMatchObject({ value: new Float32Array([0, 0]) });
  });

  test('sums off by 9e-4 are normalised exactly', async () => {
    const data = [[0.2, 0.3, 0.5009], [0.2, 0.3, 0.4991], [0.1, 0, 0.9]];
    const logarithms = data.map((row) => row.map(Math.log));
    const q = engine.rows([rowOf.weights], { outcomes: 3, form: 'weights' });
    const z = engine.rows([rowOf.logits], { outcomes: 3, form: 'logits' });
    const zero = engine.values([[0, 0, 0]], { outcomes: 3 });
    const [asProbabilities, asWeights] = (['probabilities', 'weights'] as const).map((form) => engine.rows(data, { outcomes: 3, form }));
    const [asLogProbabilities, asLogits] = (['logProbabilities', 'logits'] as const).map((form) => engine.rows(logarithms, { outcomes: 3, form }));
    await expectEqual(klDivergence(asProbabilities!, q), klDivergence(asWeights!, q));
    await expectEqual(klDivergence(asLogProbabilities!, z), klDivergence(asLogits!, z));
    await expectEqual(mirrorDescentStep(asProbabilities!, zero, { stepSize: 1 }), probabilities(asWeights!));
  });

  test('a long row whose sum in f32 strays is accepted, and a bad row after it is found', async () => {
    const outcomes = 30_000;
    const long = new Float32Array(outcomes).fill(1.0009 / outcomes);
    const bad = long.slice();
    bad[7] = -1;
    const [good, mixed] = [[long], [long, bad]].map((rows) => engine.rows(rows as unknown as number[][], { outcomes }));
    const uniform = engine.rows(new Float32Array(outcomes).fill(1), { outcomes, form: 'weights' });
    expect((await hellingerDistance(good!, uniform).read())[0]).toBeLessThan(1e-6);
    await expectFailure(() => hellingerDistance(mixed!, uniform).read(), DomainError, 'domain', { argument: 'p', row: 1, got: '-1 at outcome 7' });
  });

  test('goes on after all of these errors', async () => {
    expect(await klDivergence(p, p).read()).toEqual(new Float32Array(2));
  });
});

async function expectEqual(one: Tensor, two: Tensor): Promise<void> {
  const [x, y] = await Promise.all([one.read(), two.read()]);
  expect(x.length).toBe(y.length);
  x.forEach((value, k) => expect(Math.abs(value - y[k]!)).toBeLessThanOrEqual(4 * 2 ** -23 * Math.abs(y[k]!)));
}
