import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError, ShapeError } from '../../src/engine/errors.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { crossEntropy, entropy, extendedAlphaDivergence, klDivergence, renyiDivergence, type ReductionParameters } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { operations, parametersOf } from '../cases.ts';
import { roundedQuotient } from './rounded-quotient.ts';

const uniform = uniformFrom(11);
/** Numbers over most of f32: sums of them in any order but the exact one differ. */
const numbers = Float32Array.from({ length: 9000 }, () => 2 ** (-60 + 70 * uniform()) * (1 + uniform()));
const weights = numbers.map((_, row) => (row % 5 === 0 ? 0 : 2 ** (40 * uniform() - 20)));
const mask = Array.from(numbers, (_, row) => row % 3 !== 0);

/** Rows with Σ q − p = x where p is 0: the extended divergence is x itself. */
function rowsWith(engine: Engine, x: Float32Array, parameters: object): Tensor {
  const p = engine.rows([[0, 1]], { outcomes: 2, form: 'weights' });
  const q = engine.rows(Float32Array.from({ length: 2 * x.length }, (_, k) => (k % 2 === 0 ? x[k >> 1]! : 1)), { outcomes: 2, form: 'weights' });
  return extendedAlphaDivergence(p, q, { alpha: -1, ...parameters });
}

const cases: readonly { readonly name: string; readonly given: ReductionParameters }[] = [
  { name: 'sum', given: { reduction: 'sum' } }, { name: 'mean', given: { reduction: 'mean' } },
  { name: 'weighted sum', given: { reduction: 'sum', weights } }, { name: 'weighted mean', given: { reduction: 'mean', weights } },
  { name: 'masked mean', given: { reduction: 'mean', mask } }, { name: 'mean with both', given: { reduction: 'mean', weights, mask } },
];

/** The same of the first rows. */
function firstOf(rows: number, { reduction, weights: w, mask: m }: ReductionParameters): { given: ReductionParameters; expected: number } {
  const factors = Float32Array.from({ length: rows }, (_, row) => (m?.[row] === false ? 0 : w?.[row] ?? 1));
  const given = { reduction, ...(w && { weights: Array.from(w).slice(0, rows) }), ...(m && { mask: Array.from(m).slice(0, rows) }) } as ReductionParameters;
  return { given, expected: roundedQuotient(numbers.subarray(0, rows), factors, reduction === 'mean' ? factors : undefined) };
}

const places: readonly { readonly name: string; readonly options: EngineOptions; readonly regime?: 'lane' | 'workgroup'; readonly count: number }[] = [
  { name: 'the reference', options: { backend: 'reference' }, count: 300 }, { name: 'WebAssembly', options: { backend: 'cpu' }, count: 9000 },
  { name: 'WebGPU by lanes', options: { backend: 'webgpu' }, regime: 'lane', count: 300 }, { name: 'WebGPU by workgroups', options: { backend: 'webgpu' }, regime: 'workgroup', count: 300 },
  { name: 'WebGPU in blocks', options: { backend: 'webgpu', memoryBudget: 65_536 }, count: 9000 },
];

describe.each(places)('on $name', ({ options, regime, count }) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor(options.backend as 'cpu'), ...options }, regime ? { regime } : {}); });
  afterAll(() => engine.dispose());
  const rows = (data: number[][]): Tensor => engine.rows(data, { outcomes: data[0]!.length, form: 'weights' });

  test.each(cases)('the exact $name, rounded once', async (each) => {
    const { given, expected } = firstOf(count, each.given);
    using result = rowsWith(engine, numbers.subarray(0, count), given);
    expect(result.shape).toEqual([1]);
    expect([...await result.read()]).toEqual([expected]);
    if (options.backend !== 'reference') expect(result.report.adapter).not.toBe('CPU');
    if (options.memoryBudget) expect(result.report.chunks).toBeGreaterThan(1);
  });

  test('rows of weight 0 do not count, be they infinite', async () => {
    const [p, q] = [rows([[1, 1], [1, 1], [1, 1]]), rows([[1, 1], [1, 0], [1, 1]])];
    expect([...await klDivergence(p, q, { reduction: 'mean', mask: [1, 0, true] }).read()]).toEqual([0]);
    expect([...await klDivergence(p, q, { reduction: 'sum', weights: [1, 0, 2] }).read()]).toEqual([0]);
    expect([...await klDivergence(p, q, { reduction: 'mean' }).read()]).toEqual([Infinity]);
  });

  test('negative numbers, minus infinity, subnormals, one row and none', async () => {
    const [p, q] = [rows([[1, 1], [3, 1]]), rows([[3, 1], [1, 3]])];
    const each = await renyiDivergence(p, q, { order: -1 }).read();
    expect([...await renyiDivergence(p, q, { order: -1, reduction: 'mean' }).read()]).toEqual([Math.fround((each[0]! + each[1]!) / 2)]);
    expect([...await renyiDivergence(rows([[0, 1]]), rows([[1, 1]]), { order: -1, reduction: 'sum' }).read()]).toEqual([-Infinity]);
    expect([...await rowsWith(engine, Float32Array.of(3), { reduction: 'mean', weights: [7] }).read()]).toEqual([3]);
    expect([...await rowsWith(engine, Float32Array.of(2 ** -60), { reduction: 'sum', weights: [2 ** -80] }).read()]).toEqual([2 ** -140]);
    expect([...await rowsWith(engine, Float32Array.of(1.5 * 2 ** -70), { reduction: 'sum', weights: [2 ** -79] }).read()]).toEqual([2 ** -148]); // to even
    expect([...await rowsWith(engine, Float32Array.of(2 ** 90), { reduction: 'sum', weights: [2 ** 90] }).read()]).toEqual([Infinity]);
    expect([...await entropy(engine.rows(new Float32Array(0), { outcomes: 2 }), { reduction: 'sum' }).read()]).toEqual([0]);
  });
});

describe('every operation with one number a row', () => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ backend: 'cpu' }); });
  afterAll(() => engine.dispose());

  test('takes it, and says what is wrong', async () => {
    const rows = engine.rows([[0.5, 0.25, 0.25], [0.2, 0.3, 0.5]], { outcomes: 3 });
    const loose = await import('../../src/index.ts') as unknown as Record<string, (...args: unknown[]) => Tensor>;
    const reducible: string[] = [];
    for (const { name, operation } of operations.filter(({ operation: { arguments: of } }) => of.every(({ takes, axis }) => takes === 'distributions' && axis === 'rows'))) {
      const inputs = operation.arguments.map(() => rows);
      const [example] = parametersOf(name);
      if (operation.result(inputs, example).shape.length !== 1) continue;
      reducible.push(name);
      const [each, sum] = [await loose[name]!(...inputs, example).read(), await loose[name]!(...inputs, { ...example, reduction: 'sum' }).read()];
      expect([...sum], name).toEqual([Math.fround(each[0]! + each[1]!)]);
      await expectFailure(() => loose[name]!(...inputs, { ...example, reduction: 'batchmean' }), DomainError, 'domain', { operation: name, argument: 'reduction', remedy: expect.stringContaining("'mean'") as string });
    }
    expect(reducible).toEqual(expect.arrayContaining(['klDivergence', 'entropy', 'crossEntropy', 'alphaDivergence', 'renyiDivergence', 'chernoffInformation', 'jensenShannonDivergence', 'jeffreysDivergence', 'populationStabilityIndex', 'bregmanDivergence']));
  });

  test.each([
    [{ reduction: 'average' }, 'reduction', DomainError], [{ weights: [1, 1] }, 'weights', DomainError], [{ reduction: 'none', mask: [1, 1] }, 'mask', DomainError],
    [{ reduction: 'sum', weights: [1] }, 'weights', ShapeError], [{ reduction: 'sum', mask: [1, 0, 1, 0, 1, 1] }, 'mask', ShapeError], [{ reduction: 'sum', weights: [1, -1] }, 'weights', DomainError],
    [{ reduction: 'sum', weights: [1, 1e39] }, 'weights', DomainError], [{ reduction: 'sum', weights: new Array<number>(2) }, 'weights', DomainError], [{ reduction: 'sum', mask: [1, 2] }, 'mask', DomainError],
    [{ reduction: 'sum', mask: true }, 'mask', DomainError], [{ reduction: 'mean', mask: [0, false] }, 'reduction', DomainError], [{ reduction: 'mean', weights: [0, 0] }, 'reduction', DomainError],
  ] as const)('%j is refused', async (given, argument, type) => {
    const rows = engine.rows([[0.5, 0.25, 0.25], [0.2, 0.3, 0.5]], { outcomes: 3 });
    const call = () => crossEntropy(rows, rows, given as ReductionParameters);
    await expect((async () => call())()).rejects.toMatchObject({ code: type === ShapeError ? 'shape' : 'domain', operation: 'crossEntropy', argument });
  });

  test('a mean of no rows is refused', async () => {
    await expectFailure(() => entropy(engine.rows([], { outcomes: 2 }), { reduction: 'mean' }), DomainError, 'domain', { argument: 'reduction', got: 'no rows' });
  });

  test('lists are copied', async () => {
    const of = Float32Array.of(1, 0, 0);
    const result = rowsWith(engine, Float32Array.of(5, 6, 7), { reduction: 'sum', weights: of });
    of.fill(9);
    expect([...await result.read()]).toEqual([5]);
  });
});
