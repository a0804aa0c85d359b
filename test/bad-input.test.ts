/** Arguments, shapes and options that a caller can get wrong, on both backends: a clear error, nothing half-written, and an engine that goes on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import { DomainError, LimitExceededError, ShapeError } from '../src/engine/errors.ts';
import type { ReadOptions, Tensor } from '../src/engine/tensor.ts';
import * as dually from '../src/index.ts';
import {
  alphaDivergence, alphaDivergenceMatrix, fisherInformation, fisherVectorProduct, hellingerDistance, klDivergence, mirrorDescent, mirrorDescentStep,
  naturalGradientStep, probabilities, reverseKlDivergence,
} from '../src/index.ts';
import { openEngine } from '../src/open.ts';
import { placeFor } from './engine/place.ts';
import { expectFailure } from './failure.ts';

/** The public functions as JavaScript sees them, where no compiler looks at the arguments. */
const loose = dually as unknown as Record<string, (...args: unknown[]) => Tensor>;
const rowOf = { probabilities: [0.25, 0.25, 0.5], weights: [1, 1, 2], logits: [0, 1, 2], logProbabilities: [Math.log(0.25), Math.log(0.25), Math.log(0.5)] };

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  let other: Engine;
  let p: Tensor;
  let v: Tensor;
  beforeAll(async () => {
    engine = await openEngine(await placeFor(backend));
    other = await openEngine({ backend: 'cpu' });
    p = engine.rows([rowOf.probabilities, [0.5, 0.25, 0.25]], { outcomes: 3 });
    v = engine.values([[1, 2, 3], [3, 2, 1]], { outcomes: 3 });
  });
  afterAll(() => {
    engine.dispose();
    other.dispose();
  });

  describe('shapes', () => {
    test.each([0, 1, 1.5, -3, Number.NaN, Infinity, '3', undefined, null])('outcomes %s', async (outcomes) => {
      const facts = { operation: 'engine.rows', argument: 'outcomes', expected: 'a whole number of at least 2' };
      await expectFailure(() => engine.rows(new Float32Array(6), { outcomes: outcomes as number }), ShapeError, 'shape', facts);
    });

    const given: [string, unknown, object][] = [
      ['ragged rows', [[0.5, 0.25, 0.25], [1]], { row: 1, expected: '3 numbers', got: '1' }],
      ['an empty row', [[]], { row: 0, expected: '3 numbers', got: '0' }],
      ['numbers that are not in rows', [0.5, 0.5], { row: 0, expected: 'an array of numbers', got: '0.5' }],
      ['a length that is no multiple', new Float32Array(7), { expected: 'a length that is a multiple of outcomes (3)', got: '7 numbers' }],
      ['a length that is no multiple in f64', new Float64Array(2), { got: '2 numbers' }],
      ['bigints', new BigInt64Array(6), { got: 'a BigInt64Array, whose entries are bigints' }],
      ['text', 'abc', { got: '"abc"' }],
      ['nothing', undefined, { got: 'undefined' }],
      ['null', null, { got: 'null' }],
      ['an object', {}, { got: 'a value of type Object' }],
    ];
    test.each(given)('%s', async (_, data, facts) => {
      await expectFailure(() => engine.rows(data as number[][], { outcomes: 3 }), ShapeError, 'shape', { operation: 'engine.rows', argument: 'data', ...facts });
      await expectFailure(() => engine.values(data as number[][], { outcomes: 3 }), ShapeError, 'shape', { operation: 'engine.values', argument: 'data', ...facts });
    });

    test.each([null, '0.5', undefined, 1n])('%s in place of a number', async (entry) => {
      const facts = { operation: 'engine.rows', argument: 'data', row: 1, expected: 'numbers', got: expect.stringContaining('at outcome 1') as unknown as string };
      await expectFailure(() => engine.rows([[0.5, 0.5], [0.5, entry as unknown as number]], { outcomes: 2 }), DomainError, 'domain', facts);
    });

    test('no options at all', async () => {
      const rows = engine as unknown as Record<'rows' | 'values', (data: unknown) => Tensor>;
      await expectFailure(() => rows.rows([[1, 1]]), ShapeError, 'shape', { operation: 'engine.rows', argument: 'outcomes' });
      await expectFailure(() => rows.values([[1, 1]]), ShapeError, 'shape', { operation: 'engine.values', argument: 'outcomes' });
    });

    test.each(['percent', 'values', '', null])('form %s', async (form) => {
      const facts = { operation: 'engine.rows', argument: 'form', expected: '"probabilities", "logProbabilities", "logits", "weights"' };
      await expectFailure(() => engine.rows([[1, 1]], { outcomes: 2, form: form as 'weights' }), DomainError, 'domain', facts);
    });

    test('outcomes that differ', async () => {
      const q = engine.rows([[0.5, 0.5]], { outcomes: 2 });
      const w = engine.values([[1, 2]], { outcomes: 2 });
      const facts = (operation: string, argument: string, expected: number, got: number): object =>
        ({ operation, argument, expected: `${expected} outcomes a row`, got: `${got}` });
      const targets = { kind: 'alphaDivergence', alpha: -1, targets: q } as const;
      const cases: [() => Tensor, object][] = [
        [() => klDivergence(p, q), facts('klDivergence', 'q', 3, 2)],
        [() => alphaDivergence(p, q, { alpha: 0 }), facts('alphaDivergence', 'q', 3, 2)],
        [() => alphaDivergenceMatrix(p, q, { alpha: 0 }), facts('alphaDivergenceMatrix', 'q', 3, 2)],
        [() => mirrorDescentStep(p, w, { stepSize: 1 }), facts('mirrorDescentStep', 'gradient', 3, 2)],
        [() => naturalGradientStep(p, w, { stepSize: 1, path: 'm' }), facts('naturalGradientStep', 'gradient', 3, 2)],
        [() => fisherVectorProduct(p, v, { coordinates: 'theta' }), facts('fisherVectorProduct', 'v', 2, 3)],
        [() => fisherVectorProduct(p, w, { coordinates: 'logits' }), facts('fisherVectorProduct', 'v', 3, 2)],
        [() => mirrorDescent(p, targets, { stepSize: 1, steps: 1 }), facts('mirrorDescent', 'targets', 3, 2)],
        [() => mirrorDescent(p, { ...targets, components: p }, { stepSize: 1, steps: 1 }), facts('mirrorDescent', 'targets', 3, 2)],
        [() => mirrorDescent(p, { ...targets, components: q }, { stepSize: 1, steps: 1 }), { operation: 'mirrorDescent', argument: 'p', expected: 'a weight for each of the 1 components', got: '3 outcomes a row' }],
      ];
      for (const [call, expected] of cases) await expectFailure(call, ShapeError, 'shape', expected);
    });

    test('numbers of rows that differ', async () => {
      const q = engine.rows(new Float32Array(9).fill(1 / 3), { outcomes: 3 });
      const none = engine.rows([], { outcomes: 3 });
      const facts = { argument: 'q', expected: '2 rows, or one row for all', remedy: 'Give every argument the same number of rows.' };
      await expectFailure(() => klDivergence(p, q), ShapeError, 'shape', { operation: 'klDivergence', got: '3 rows', ...facts });
      await expectFailure(() => alphaDivergence(p, none, { alpha: 0 }), ShapeError, 'shape', { operation: 'alphaDivergence', got: '0 rows', ...facts });
      await expectFailure(() => mirrorDescentStep(q, v, { stepSize: 1 }), ShapeError, 'shape', { argument: 'gradient', expected: '3 rows, or one row for all', got: '2 rows' });
    });

    test('no rows give empty results', async () => {
      const none = engine.rows([], { outcomes: 3 });
      const noVectors = engine.values(new Float32Array(0), { outcomes: 3 });
      const short = engine.values(new Float64Array(0), { outcomes: 2 });
      const logits = engine.rows([], { outcomes: 3, form: 'logits' });
      const divergence = { kind: 'alphaDivergence', alpha: -1, targets: none } as const;
      const results: [Tensor, number[]][] = [
        [none, [0, 3]], [noVectors, [0, 3]], [probabilities(logits), [0, 3]],
        [klDivergence(none, none), [0]], [reverseKlDivergence(none, engine.rows([rowOf.weights], { outcomes: 3, form: 'weights' })), [0]],
        [alphaDivergence(logits, logits, { alpha: 0.5 }), [0]], [hellingerDistance(none, none), [0]],
        [alphaDivergenceMatrix(none, p, { alpha: 0 }), [0, 2]], [alphaDivergenceMatrix(p, none, { alpha: 0 }), [2, 0]], [alphaDivergenceMatrix(none, none, { alpha: -1 }), [0, 0]],
        [fisherInformation(none, { coordinates: 'theta' }), [0, 2, 2]], [fisherInformation(none, { coordinates: 'logits' }), [0, 3, 3]],
        [fisherVectorProduct(none, short, { coordinates: 'eta' }), [0, 2]],
        [mirrorDescentStep(none, noVectors, { stepSize: 1 }), [0, 3]], [naturalGradientStep(none, noVectors, { stepSize: 1, path: 'lc' }), [0, 3]],
        [mirrorDescent(none, divergence, { stepSize: 1, steps: 3 }), [0, 3]],
        [mirrorDescent(none, { ...divergence, components: engine.rows(new Float32Array(9).fill(1), { outcomes: 3, form: 'weights' }) }, { stepSize: 1, steps: 3 }), [0, 3]],
        [mirrorDescent(none, { kind: 'linear', gradient: noVectors }, { stepSize: 1, steps: 3 }), [0, 3]],
      ];
      for (const [tensor, shape] of results) {
        expect(tensor.shape).toEqual(shape);
        expect(await tensor.read()).toEqual(new Float32Array(0));
        expect(tensor.report).toMatchObject({ shape, backend: 'cpu', reason: backend === 'cpu' ? expect.any(String) as unknown : 'there are no rows' });
      }
    });
  });

  describe('tensors', () => {
    test('arrays, undefined and null in place of tensors', async () => {
      const names = Object.keys(loose).filter((name) => typeof loose[name] === 'function' && 'operation' in loose[name]);
      expect(names.length).toBeGreaterThanOrEqual(11);
      for (const name of names.filter((each) => each !== 'mirrorDescent')) {
        for (const wrong of [[0.5, 0.5], undefined, null, 3]) {
          const facts = { operation: name, argument: (loose[name] as unknown as typeof klDivergence).operation.arguments[0]!.name, expected: 'a tensor', remedy: 'Wrap the data with engine.rows() or engine.values() first.' };
          await expectFailure(() => loose[name]!(wrong, p, {}), ShapeError, 'shape', facts);
        }
      }
      await expectFailure(() => loose.klDivergence!(p, [[0.5, 0.5]]), ShapeError, 'shape', { operation: 'klDivergence', argument: 'q', got: 'an array of 1' });
      await expectFailure(() => loose.klDivergence!(p), ShapeError, 'shape', { operation: 'klDivergence', argument: 'q', got: 'undefined' });
      const descent = { stepSize: 1, steps: 1 };
      for (const objective of [{ kind: 'alphaDivergence', alpha: 0, targets: p }, { kind: 'linear', gradient: v }]) {
        await expectFailure(() => loose.mirrorDescent!([1], objective, descent), ShapeError, 'shape', { argument: 'p', got: 'an array of 1' });
      }
      await expectFailure(() => loose.mirrorDescent!(p, { kind: 'linear' }, descent), ShapeError, 'shape', { argument: 'gradient', got: 'undefined' });
      await expectFailure(() => loose.mirrorDescent!(p, { kind: 'alphaDivergence', alpha: 0 }, descent), ShapeError, 'shape', { argument: 'targets', got: 'undefined' });
    });

    test('values in place of distributions, and distributions in place of values', async () => {
      const values = { expected: 'rows of distributions', got: "a tensor of form 'values'" };
      const distributions = { expected: 'real vectors', got: "a tensor of form 'probabilities'" };
      await expectFailure(() => klDivergence(p, v), ShapeError, 'shape', { argument: 'q', ...values });
      await expectFailure(() => fisherInformation(v, { coordinates: 'eta' }), ShapeError, 'shape', { argument: 'p', ...values });
      await expectFailure(() => mirrorDescentStep(p, p, { stepSize: 1 }), ShapeError, 'shape', { argument: 'gradient', ...distributions });
      await expectFailure(() => klDivergence(klDivergence(p, p), p), ShapeError, 'shape', { argument: 'p', ...values });
    });

    test('logits together with weights, and logits in a matrix', async () => {
      const z = engine.rows([rowOf.logits], { outcomes: 3, form: 'logits' });
      const remedy = 'Convert the rows with probabilities(), which rounds them to f32.';
      await expectFailure(() => hellingerDistance(p, z), DomainError, 'domain', { argument: 'q', got: 'rows of logits', remedy });
      await expectFailure(() => hellingerDistance(z, p), DomainError, 'domain', { argument: 'q', got: 'rows of probabilities', remedy });
      await expectFailure(() => alphaDivergenceMatrix(z, z, { alpha: 0 }), DomainError, 'domain', { argument: 'p', got: 'rows of logits', remedy });
    });

    test('tensors of another engine', async () => {
      const q = other.rows([rowOf.probabilities], { outcomes: 3 });
      await expectFailure(() => klDivergence(p, q), DomainError, 'domain', { operation: 'klDivergence', argument: 'q', expected: 'tensors of one engine', got: 'a tensor of another engine' });
    });

    test('disposed tensors', async () => {
      const gone = engine.rows([rowOf.probabilities], { outcomes: 3 });
      const divergence = klDivergence(p, gone);
      const result = hellingerDistance(p, p);
      gone.dispose();
      gone.dispose();
      result.dispose();
      await expectFailure(() => klDivergence(p, gone), DomainError, 'domain', { operation: 'klDivergence', argument: 'q', expected: 'a live tensor', got: 'a disposed one' });
      await expectFailure(() => gone.read(), DomainError, 'domain', { operation: 'tensor.read', expected: 'a live tensor' });
      await expectFailure(() => result.read(), DomainError, 'domain', { operation: 'tensor.read', expected: 'a live tensor' });
      await expectFailure(() => result.buffer(), DomainError, 'domain', { operation: 'tensor.buffer', expected: 'a live tensor' });
      await expectFailure(() => divergence.read(), DomainError, 'domain', { operation: 'tensor.read', expected: 'inputs that are still there', got: 'a tensor made from one that was disposed of' });
    });

    test('a disposed result can still be a step on the way', async () => {
      const step = mirrorDescentStep(p, v, { stepSize: 0.5 });
      const divergence = klDivergence(step, p);
      const before = await divergence.read();
      step.dispose();
      expect(await divergence.read()).toEqual(before);
    });
  });

  describe('parameters', () => {
    test.each([Number.NaN, Infinity, -Infinity, '1', undefined, null])('%s in place of a finite number', async (bad) => {
      const facts = { expected: 'a finite number', got: typeof bad === 'string' ? '"1"' : String(bad) };
      const alpha = bad as number;
      await expectFailure(() => alphaDivergence(p, p, { alpha }), DomainError, 'domain', { operation: 'alphaDivergence', argument: 'alpha', ...facts });
      await expectFailure(() => alphaDivergenceMatrix(p, p, { alpha }), DomainError, 'domain', { operation: 'alphaDivergenceMatrix', argument: 'alpha', ...facts });
      await expectFailure(() => mirrorDescentStep(p, v, { stepSize: alpha }), DomainError, 'domain', { operation: 'mirrorDescentStep', argument: 'stepSize', ...facts });
      await expectFailure(() => naturalGradientStep(p, v, { stepSize: alpha, path: 'e' }), DomainError, 'domain', { operation: 'naturalGradientStep', argument: 'stepSize', ...facts });
      const objective = { kind: 'alphaDivergence', alpha, targets: p } as const;
      await expectFailure(() => mirrorDescent(p, objective, { stepSize: 1, steps: 1 }), DomainError, 'domain', { operation: 'mirrorDescent', argument: 'objective.alpha', ...facts });
      for (const kind of [{ ...objective, alpha: 0 }, { kind: 'linear', gradient: v } as const]) {
        await expectFailure(() => mirrorDescent(p, kind, { stepSize: alpha, steps: 1 }), DomainError, 'domain', { operation: 'mirrorDescent', argument: 'stepSize', ...facts });
      }
    });

    test.each([-1, 1.5, Number.NaN, Infinity, '3', undefined])('steps %s', async (steps) => {
      for (const objective of [{ kind: 'alphaDivergence', alpha: 0, targets: p }, { kind: 'linear', gradient: v }]) {
        await expectFailure(() => loose.mirrorDescent!(p, objective, { stepSize: 1, steps }), DomainError, 'domain', { operation: 'mirrorDescent', argument: 'steps', expected: 'a whole number from 0 to 2³¹ − 1' });
      }
    });

    test.each(['Theta', '', 3, undefined])('coordinates, path and kind %s', async (bad) => {
      const facts = { got: typeof bad === 'string' ? JSON.stringify(bad) : String(bad), remedy: 'Choose one of these.' };
      const coordinates = { argument: 'coordinates', expected: '"theta" or "eta" or "logits"', ...facts };
      await expectFailure(() => loose.fisherInformation!(p, { coordinates: bad }), DomainError, 'domain', { operation: 'fisherInformation', ...coordinates });
      await expectFailure(() => loose.fisherVectorProduct!(p, v, { coordinates: bad }), DomainError, 'domain', { operation: 'fisherVectorProduct', ...coordinates });
      await expectFailure(() => loose.naturalGradientStep!(p, v, { stepSize: 1, path: bad }), DomainError, 'domain', { operation: 'naturalGradientStep', argument: 'path', expected: '"e" or "m" or "lc"', ...facts });
      await expectFailure(() => loose.mirrorDescent!(p, { kind: bad }, { stepSize: 1, steps: 1 }), DomainError, 'domain', { operation: 'mirrorDescent', argument: 'objective.kind', expected: '"linear" or "alphaDivergence"', ...facts });
    });

    test.each([undefined, null, 3])('%s in place of all parameters', async (bad) => {
      const facts = { argument: 'parameters', expected: 'an object of named parameters', got: String(bad) };
      const objective = { kind: 'alphaDivergence', alpha: 0, targets: p };
      const cases: [string, unknown[]][] = [
        ['alphaDivergence', [p, p]], ['alphaDivergenceMatrix', [p, p]], ['fisherInformation', [p]], ['fisherVectorProduct', [p, v]], ['mirrorDescentStep', [p, v]],
        ['naturalGradientStep', [p, v]], ['mirrorDescent', [p, objective]], ['mirrorDescent', [p, { kind: 'linear', gradient: v }]],
      ];
      for (const [operation, args] of cases) await expectFailure(() => loose[operation]!(...args, bad), DomainError, 'domain', { operation, ...facts });
      await expectFailure(() => loose.mirrorDescent!(p, bad, { stepSize: 1, steps: 1 }), DomainError, 'domain', { operation: 'mirrorDescent', argument: 'objective' });
    });
  });

  describe('options of read and buffer', () => {
    const cases: [unknown, object][] = [
      [null, { argument: 'options', got: 'null' }], [3, { argument: 'options', got: '3' }],
      [{ signal: 3 }, { argument: 'options.signal', expected: 'an AbortSignal', got: '3' }], [{ signal: { aborted: false } }, { argument: 'options.signal', got: 'a value of type Object' }],
      [{ onProgress: 'often' }, { argument: 'options.onProgress', expected: 'a function', got: '"often"' }],
    ];
    test.each(cases)('%j', async (options, facts) => {
      await expectFailure(() => klDivergence(p, p).read(options as ReadOptions), DomainError, 'domain', { operation: 'tensor.read', ...facts });
      await expectFailure(() => klDivergence(p, p).buffer(options as ReadOptions), DomainError, 'domain', { operation: 'tensor.buffer', ...facts });
    });
  });

  test('steps that are no numbers of f32', async () => {
    const facts = { argument: 'stepSize', expected: 'a number between −3.4e38 and 3.4e38', got: '1e+300' };
    await expectFailure(() => mirrorDescentStep(p, v, { stepSize: 1e300 }), DomainError, 'domain', { operation: 'mirrorDescentStep', ...facts });
    await expectFailure(() => naturalGradientStep(p, v, { stepSize: 1e300, path: 'm' }), DomainError, 'domain', { operation: 'naturalGradientStep', ...facts });
    await expectFailure(() => mirrorDescent(p, { kind: 'alphaDivergence', alpha: 1, targets: p }, { stepSize: 1e300, steps: 1 }), DomainError, 'domain', { operation: 'mirrorDescent', ...facts });
    await expectFailure(() => mirrorDescent(p, { kind: 'linear', gradient: v }, { stepSize: 1e38, steps: 10 }), DomainError, 'domain', { operation: 'mirrorDescent', ...facts, argument: 'stepSize · steps', got: '1e+39' });
    const largest = await mirrorDescentStep(p, v, { stepSize: 3e38 }).read();
    expect(largest.every((x) => x >= 0 && x <= 1)).toBe(true);
  });

  test('results that no memory of the host holds', async () => {
    const many = engine.rows(new Float32Array(2e5).fill(0.5), { outcomes: 2 });
    await expectFailure(() => alphaDivergenceMatrix(many, many, { alpha: 0 }).read(), LimitExceededError, 'limit-exceeded', { operation: 'tensor.read', got: `${4e10} bytes, in a tensor of shape [100000, 100000]` });
  });

  test('goes on after all of these errors', async () => {
    expect(await klDivergence(p, p).read()).toEqual(new Float32Array(2));
  });
});
