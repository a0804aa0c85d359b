/** What callers give by name: taken as it is at the time of the call, and refused where no such name is known. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { widthsOf } from '../host/examples.ts';
import type { Engine } from '../src/engine/engine.ts';
import { DomainError, ShapeError } from '../src/engine/errors.ts';
import { makingOf } from '../src/engine/lineage.ts';
import type { Operation } from '../src/engine/operation.ts';
import type { Tensor } from '../src/engine/tensor.ts';
import { wishes, wishFor } from '../src/engine/wishes.ts';
import * as dually from '../src/index.ts';
import { openEngine } from '../src/open.ts';
import type { Value } from '../src/program/index.ts';
import { operations, parametersOf } from './cases.ts';
import { expectFailure } from './failure.ts';

const { alphaDivergence, alphaDivergenceMatrix, alphaSpectrum, bregmanDivergence, defineBregman, defineFDivergence, divergenceMatrix, euclideanGradient, jensenShannonDivergence, klDivergence, mirrorDescent, nearest, renyiDivergence, rowChunks } = dually;
const loose = dually as unknown as Record<string, (...args: unknown[]) => Tensor>;

let engine: Engine;
let p: Tensor;
let q: Tensor;
let v: Tensor;
beforeAll(async () => {
  engine = await openEngine({ backend: 'cpu' });
  p = engine.rows([[0.25, 0.25, 0.5], [0.5, 0.25, 0.25]], { outcomes: 3 });
  q = engine.rows([[0.2, 0.3, 0.5], [0.1, 0.3, 0.6]], { outcomes: 3 });
  v = engine.values([[1, 2, 3]], { outcomes: 3 });
});
afterAll(() => engine.dispose());

/** Three outcomes, or two numbers where coordinates are reduced. */
function inputsFor(operation: Operation, isReduced: boolean): Tensor[] {
  return widthsOf(operation, 3).map((outcomes, index) => {
    if (operation.arguments[index]!.takes !== 'values') return index === 0 ? p : q;
    if (isReduced) return engine.values([[1, 2]], { outcomes: 2 });
    return outcomes === 3 ? v : engine.values(new Float32Array(outcomes), { outcomes });
  });
}

describe('taken as it is at the time of the call', () => {
  test('one options object changed in a loop', async () => {
    const parameters = { alpha: 0 };
    const results = [-1, 0.5, 3].map((alpha) => {
      parameters.alpha = alpha;
      return alphaDivergence(p, q, parameters);
    });
    for (const [index, alpha] of [-1, 0.5, 3].entries()) expect(await results[index]!.read()).toEqual(await alphaDivergence(p, q, { alpha }).read());
  });

  test.each([[[0.5, -1]], [Float32Array.of(0.5, -1)], [Float64Array.of(0.5, -1)]])('lists that are changed afterwards', async (list) => {
    const [rows, spectrum] = [alphaDivergence(p, q, { alpha: list }), alphaSpectrum(p, q, { alphas: list })];
    list.fill(Number.NaN);
    expect(await rows.read()).toEqual(await alphaDivergence(p, q, { alpha: [0.5, -1] }).read());
    expect(await spectrum.read()).toEqual(await alphaSpectrum(p, q, { alphas: [0.5, -1] }).read());
  });

  test('parameters of every operation', async () => {
    for (const { name, operation } of operations.filter(({ operation: of }) => !of.parameters?.includes('index'))) {
      for (const example of parametersOf(name).slice(0, 2)) {
        const given: Record<string, unknown> = { ...example };
        const inputs = inputsFor(operation, 'coordinates' in given && given.coordinates !== 'logits');
        const call: Record<string, unknown> = name === 'alphaDivergenceMatrix' ? { alpha: given.alpha } : given;
        const result = name === 'mirrorDescent' ? undefined : loose[name]!(...inputs, call);
        if (!result) continue;
        const { origin } = 'origin' in result ? result : makingOf(Object.values<Tensor>(result)[0]!).inputs[0]!; // of several results
        const before = JSON.stringify((origin as { parameters?: unknown }).parameters);
        for (const key of Object.keys(call)) delete call[key];
        expect(JSON.stringify((origin as { parameters?: unknown }).parameters), name).toBe(before);
        expect(Object.isFrozen((origin as { parameters?: unknown }).parameters ?? Object.freeze({})), name).toBe(true);
      }
    }
  });

  test('the objective of a descent', async () => {
    const objective = { kind: 'alphaDivergence' as const, alpha: -1, targets: q };
    const parameters = { stepSize: 0.1, steps: 3 };
    const result = mirrorDescent(p, objective, parameters);
    Object.assign(objective, { alpha: 2, targets: p });
    Object.assign(parameters, { stepSize: 9, steps: 1 });
    expect(await result.read()).toEqual(await mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets: q }, { stepSize: 0.1, steps: 3 }).read());
  });

  test("a caller's own definition", async () => {
    const definition = { name: 'square', term: ({ difference }: { readonly difference: Value }) => difference.squared(), infinite: { withoutP: false, withoutQ: false } };
    const generator = { name: 'chi', term: ({ excess }: { readonly excess: Value }) => excess.squared(), atZero: 1, atInfinity: Infinity };
    const [square, chi] = [defineBregman(definition), defineFDivergence(generator)];
    definition.infinite.withoutP = true;
    Object.assign(definition, { term: () => 7 });
    Object.assign(generator, { term: () => 7, atZero: Infinity });
    const a = engine.rows([[0, 1]], { outcomes: 2 });
    const b = engine.rows([[0.5, 0.5]], { outcomes: 2 });
    expect(await square(a, b).read()).toEqual(Float32Array.of(0.5));
    expect(await chi(a, b).read()).toEqual(Float32Array.of(1));
  });

  test('options of an engine and of a read', async () => {
    const check = { rows: 'all' as const, onFailure: 'throw' as const };
    using checked = await openEngine({ backend: 'cpu', check });
    Object.assign(check, { rows: 'nonsense' });
    const result = klDivergence(checked.rows([[0.5, 0.5]], { outcomes: 2 }), checked.rows([[0.25, 0.75]], { outcomes: 2 }));
    const reading = { onProgress: () => undefined };
    const numbers = result.read(reading);
    Object.assign(reading, { onProgress: 3 });
    await numbers;
    expect(result.report?.certificate?.rowsChecked).toBe(1);
  });

  test('what is read twice from the caller is one value', async () => {
    let turn = 0;
    const parameters = { get alpha() { return turn++ === 0 ? 0.5 : Number.NaN; } };
    expect(await alphaDivergence(p, q, parameters).read()).toEqual(await alphaDivergence(p, q, { alpha: 0.5 }).read());
  });
});

describe('refused by name', () => {
  test('every operation knows the names of its examples and no others', async () => {
    for (const { name, operation } of operations.filter(({ operation: of }) => !of.parameters?.includes('index'))) { // whose list is no object
      const known = new Set<string>([...operation.parameters ?? [], ...operation.options ?? []]);
      expect(operation.parameters, name).toBeDefined();
      for (const example of parametersOf(name)) {
        for (const key of Object.keys(example)) expect(known.has(key) || 'divergence' in example, `${name}: ${key}`).toBe(true);
      }
      const example = { ...parametersOf(name)[0] };
      if (name === 'alphaDivergenceMatrix') delete (example as { divergence?: unknown }).divergence;
      const isReduced = 'coordinates' in example && example.coordinates !== 'logits';
      const inputs = inputsFor(operation, isReduced);
      const call = (parameters: object): Tensor => (name === 'mirrorDescent' ? mirrorDescent(p, { kind: 'alphaDivergence', alpha: 0, targets: q }, parameters as never) : loose[name]!(...inputs, parameters));
      if (name === 'mirrorDescent') delete (example as { alpha?: unknown }).alpha;
      call(example);
      await expectFailure(() => call({ ...example, quirk: 1 }), DomainError, 'domain', { operation: name, argument: 'quirk', got: '{ quirk: 1 }', remedy: 'Leave it out.' });
      if (name === 'mirrorDescent') continue;
      await expectFailure(() => loose[name]!(...inputs, [1]), DomainError, 'domain', { operation: name, argument: 'parameters', expected: 'an object of named parameters' });
      await expectFailure(() => loose[name]!(...inputs, 2), DomainError, 'domain', { operation: name, argument: 'parameters', got: '2' });
    }
  });

  test('a tensor too many', async () => {
    await expectFailure(() => loose.entropy!(p, q), ShapeError, 'shape', { operation: 'entropy', argument: 'parameters', expected: '1 tensor', got: 'one more', remedy: 'Call it as entropy(p).' });
    await expectFailure(() => loose.klDivergence!(p, q, v), ShapeError, 'shape', { operation: 'klDivergence', expected: '2 tensors' });
  });

  const kl = (parameters: object): unknown => loose.klDivergence!(p, q, parameters);
  test.each<[string, (parameters: object) => unknown, object]>([
    ['klDivergence', kl, { quirk: 2 }], ['entropy', (of) => loose.entropy!(p, of), { quirk: 2 }], ['probabilities', (of) => loose.probabilities!(p, of), { quirk: true }],
    ['jensenShannonDivergence', (of) => jensenShannonDivergence(p, q, of), { quirk: 0.1 }], ['renyiDivergence', (of) => renyiDivergence(p, q, { order: 2, ...of }), { quirk: 1 }],
    ['nearest', (of) => nearest(p, q, { k: 1, divergence: klDivergence, ...of }), { alpha: 1 }], ['divergenceMatrix', (of) => divergenceMatrix(p, q, { divergence: alphaDivergence, alpha: 1, ...of }), { order: 1 }],
    ['alphaDivergenceMatrix', (of) => alphaDivergenceMatrix(p, q, { alpha: 1, ...of }), { divergence: klDivergence }],
    ['euclideanGradient', (of) => euclideanGradient(p, q, { divergence: klDivergence, of: 'q', ...of }), { alpha: 1 }],
    ['bregmanDivergence', (of) => bregmanDivergence(p, q, { generator: 'burg', ...of }), { phi: 1 }],
    ['mirrorDescent', (of) => mirrorDescent(p, { kind: 'alphaDivergence', alpha: 0, targets: q, ...of }, { stepSize: 1, steps: 1 }), { gradient: 1 }],
    ['mirrorDescent', (of) => mirrorDescent(p, { kind: 'linear', gradient: v, ...of }, { stepSize: 1, steps: 1 }), { alpha: 1 }],
    ['engine.rows', (of) => engine.rows([], { outcomes: 2, ...of }), { mask: [] }], ['engine.values', (of) => engine.values([], { outcomes: 2, ...of }), { form: 'logits' }],
    ['take', (of) => loose.take!(p, [0], of), { axis: 1 }], ['engine.on', (of) => engine.on('devicelost', () => undefined, of), { once: true }], ['tensor.read', (of) => p.read(of), { timeout: 3 }], ['tensor.buffer', (of) => p.buffer(of), { mapped: true }],
    ['engine.stream', (of) => engine.stream([], () => p, of), { highWaterMark: 3 }], ['rowChunks', (of) => rowChunks([], { outcomes: 2, ...of }), { chunkSize: 3 }],
    ['openEngine', (of) => openEngine({ backend: 'cpu', ...of }), { powerPreference: 'low-power' }], ['openEngine', (of) => openEngine({ backend: 'cpu', check: { rows: 'all', ...of } }), { columns: 3 }],
    ['defineFDivergence', (of) => defineFDivergence({ name: 'chi', term: ({ excess }) => excess.squared(), atZero: 1, atInfinity: Infinity, ...of }), { derivative: 1 }],
    ['defineBregman', (of) => defineBregman({ name: 'square', term: ({ difference }) => difference.squared(), infinite: { withoutP: false, withoutQ: false }, ...of }), { phi: 1 }],
  ])('%s %#', async (operation, call, wrong) => {
    const [argument] = Object.keys(wrong);
    await expectFailure(() => call(wrong), DomainError, 'domain', { operation, argument: argument! });
    if (operation !== 'tensor.buffer') await call({ [argument!]: undefined });
  });

  test('a wish is told how it is had, and a typo what it may mean', async () => {
    const remedyOf = async (call: () => unknown): Promise<string> => (await expectFailure(call, DomainError, 'domain', {})).remedy;
    expect(await remedyOf(() => jensenShannonDivergence(p, q, { beta: 0.1 } as object))).toBe('Pass { weight }, that of p in the mixture.');
    expect(await remedyOf(() => kl({ toString: 1 }))).toBe('Leave it out.');
    for (const name of ['logTarget', 'log_target', 'LOG_TARGET']) expect(await remedyOf(() => kl({ [name]: true }))).toBe("Say form: 'logProbabilities' where the rows are wrapped.");
    for (const [typo, meant] of [['alhpa', 'alpha'], ['Alpha', 'alpha'], ['alph', 'alpha'], ['alphaa', 'alpha'], ['alpga', 'alpha']]) {
      expect(await remedyOf(() => alphaDivergence(p, q, { alpha: 1, [typo!]: 1 }))).toBe(`Did you mean ${meant!}?`);
    }
    expect(await remedyOf(() => engine.rows([], { outcomes: 2, outcome: 3 } as never))).toBe('Did you mean outcomes?');
    expect(await remedyOf(() => kl({ alpha: 1 }))).toBe('alphaDivergence(p, q, { alpha }) takes it.');
    for (const name of Object.keys(wishes).flatMap((names) => names.split(' '))) expect(wishFor(name)).toMatch(/\.$/);
  });

  test('what is no object of named parameters', async () => {
    const { signal } = new AbortController();
    for (const other of [signal, new Map([['alpha', 1]]), new Set(), Promise.resolve(), new Date(), /alpha/, [], new Float32Array(1), 'alpha', 1, 1n, Symbol('x'), () => 1, null]) {
      for (const call of [() => loose.alphaDivergence!(p, q, other), () => p.read(other as object), () => engine.stream([], () => p, other as object), () => loose.klDivergence!(p, q, other)]) {
        await expectFailure(call, DomainError, 'domain', { expected: 'an object of named parameters' });
      }
    }
    class Settings { get alpha(): number { return 0.5; } }
    for (const settings of [Object.create(null, { alpha: { value: 0.5 } }), Object.create({ alpha: 0.5 }), new Settings()] as { alpha: number }[]) {
      expect(await alphaDivergence(p, q, settings).read()).toEqual(await alphaDivergence(p, q, { alpha: 0.5 }).read());
    }
  });

  test('numbers that are no result of valueAndGradient', async () => {
    const { split } = dually.valueAndGradient;
    const facts = { operation: 'valueAndGradient.split' };
    for (const numbers of [undefined, [1, 2, 3], new Float64Array(3), new Float32Array(4)]) await expectFailure(() => split(numbers as Float32Array, 2), ShapeError, 'shape', { ...facts, argument: 'numbers' });
    for (const outcomes of [0, 1.5, '2', undefined, Infinity]) await expectFailure(() => split(new Float32Array(3), outcomes as number), ShapeError, 'shape', { ...facts, argument: 'outcomes' });
  });

  test('parts that throw when they are read', async () => {
    const angry = { get alpha(): number { throw new RangeError('no'); } };
    const error = await expectFailure(() => alphaDivergence(p, q, angry), DomainError, 'domain', { operation: 'alphaDivergence', argument: 'parameters' });
    expect((error.cause as Error).message).toBe('no');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const call of [() => alphaDivergence(p, q, proxy as never), () => engine.rows([], proxy as never), () => loose.probabilities!(p, proxy)]) {
      await expectFailure(call, DomainError, 'domain', {});
    }
  });
});
