/** What callers give to an engine in a worker: taken as it is when it is given, or refused by name, as on one thread. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { alphaDivergence, alphaSpectrum, DomainError, klDivergence, openEngine, ShapeError, type Tensor } from '../../src/worker.ts';
import { otherRealm } from '../engine/realm.ts';
import { expectFailure } from '../failure.ts';
import { engineWorker } from './engine-worker.ts';

const outcomes = 3;
let engine: Engine;
let p: Tensor;
let q: Tensor;
beforeAll(async () => {
  engine = await openEngine({ backend: 'cpu', worker: engineWorker });
  p = engine.rows([[3, 1, 4], [1, 5, 9]], { outcomes, form: 'weights' });
  q = engine.rows(Uint8Array.of(1, 1, 1), { outcomes, form: 'weights' });
});
afterAll(() => engine.dispose());

test('parameters that are changed before the read', async () => {
  const [parameters, alphas] = [{ alpha: 0 }, [0.5, -1]];
  const results = [-1, 0.5].map((alpha) => alphaDivergence(p, q, Object.assign(parameters, { alpha })));
  const spectrum = alphaSpectrum(p, q, { alphas });
  parameters.alpha = alphas[0] = Number.NaN;
  for (const [index, alpha] of [-1, 0.5].entries()) expect(await results[index]!.read()).toEqual(await alphaDivergence(p, q, { alpha }).read());
  expect(await spectrum.read()).toEqual(await alphaSpectrum(p, q, { alphas: [0.5, -1] }).read());
});

test('unknown names', async () => {
  await expectFailure(() => openEngine({ worker: engineWorker, powerPreference: 'low-power' } as never), DomainError, 'domain', { operation: 'openEngine', argument: 'powerPreference' });
  await expectFailure(() => engine.rows([], { outcomes, mask: [] } as never), DomainError, 'domain', { operation: 'engine.rows', argument: 'mask' });
  await expectFailure(() => p.read({ timeout: 3 } as never), DomainError, 'domain', { operation: 'tensor.read', argument: 'timeout' });
});

test('arrays of another realm, holes, and memory that is gone', async () => {
  const expected = await klDivergence(p, q).read();
  const there = await otherRealm();
  expect(await klDivergence(engine.rows(there.Float32Array.of(3, 1, 4, 1, 5, 9), { outcomes, form: 'weights' }), q).read()).toEqual(expected);
  await expectFailure(() => engine.rows(new Array<number[]>(3), { outcomes }), ShapeError, 'shape', { row: 0, got: 'a hole in the array' });
  const given = Float32Array.of(3, 1, 4, 1, 5, 9);
  const kl = klDivergence(engine.rows(given, { outcomes, form: 'weights' }), q);
  structuredClone(given, { transfer: [given.buffer] });
  await expectFailure(() => kl.read(), DomainError, 'domain', { operation: 'tensor.read', expected: 'data that is still there' });
});

test('a stream whose source fills one array again and again', async () => {
  const array = new Float32Array(3);
  const got: number[] = [];
  const source = [[3, 1, 4], [1, 5, 9], [2, 6, 5]];
  function* fill(): Generator<Float32Array> {
    for (const row of source) {
      array.set(row);
      yield array;
    }
  }
  for await (const numbers of engine.stream(fill(), (row) => klDivergence(engine.rows(row, { outcomes, form: 'weights', transfer: false }), q))) got.push(...numbers);
  expect(got).toEqual([...await klDivergence(engine.rows(source, { outcomes, form: 'weights' }), q).read()]);
});
