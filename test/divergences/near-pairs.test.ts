/** All pairs in every regime that rows come in: near, of unlike masses, with entries below f32, in clusters, few apart. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { finish } from '../../src/engine/operation.ts';
import { alphaDivergenceMatrix, divergenceMatrix, hellingerDistance, jensenShannonDivergence, nearest, openEngine } from '../../src/index.ts';
import { alphaDivergenceOfWeights } from '../../src/math/alpha-family.ts';
import { placeFor } from '../engine/place.ts';
import { relativeError, uniformFrom } from '../math/relative-error.ts';

/** Two rows many times over, which is enough for a product. */
const repeated = (row: readonly number[]): number[][] => Array.from({ length: 8 }, () => [...row]);

test.each([
  [[0.5, 0.5], 4.9e-44, [0.25, 0.75], 8.1e-44, 0.5 * Math.log(4 / 3)], [[500, 500], 1.1e-35, [250, 750], 2.2e-36, 0.5 * Math.log(4 / 3)],
  [[0.2, 0.8], 1e-45, [0.8, 0.2], 3e-39, 0.6 * Math.log(4)],
])('entries below 2^-126 of the mass are no zeros: %j and %d, %j and %d', async (p, tiny, q, other, expected) => {
  for (const backend of ['webgpu', 'cpu'] as const) {
    using engine = await openEngine(await placeFor(backend));
    const tensorOf = (head: readonly number[], tail: number) => engine.rows(repeated([...head, ...Array<number>(18).fill(tail)]), { outcomes: 20, form: 'weights' });
    const kl = await alphaDivergenceMatrix(tensorOf(p, tiny), tensorOf(q, other), { alpha: -1 }).read();
    for (const d of kl) expect(relativeError(d, expected)).toBeLessThanOrEqual(4 * ulp);
  }
});

/** An entry of a row: `common` is the same in all rows, `own` is not; k counts outcomes. */
type Entry = (common: () => number, own: () => number, k: number, distance: number) => number;

const near: Entry = (common, own, _k, distance) => (0.01 + common() ** 4) * (1 + distance * (2 * own() - 1));
const regimes: Readonly<Record<string, Entry>> = {
  near,
  powers: (common, own, _k, distance) => 2 ** (-60 * common()) * (1 + distance * (2 * own() - 1)),
  spiky: (common, own, k, distance) => (k === 0 ? 1 : 1e-3 * common()) * (1 + distance * (2 * own() - 1)),
  sparse: (_common, own, k) => (k > 2 && own() < 0.7 ? 0 : own()),
  'of all that f32 holds': (_common, own) => 2 ** (-130 * own()),
  'of two outcomes and what is next to nothing': (_common, own, k) => own() * (k < 2 ? 1 : 1e-20),
};

function rowsOf(entry: Entry, count: number, outcomes: number, seed: number, distance: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(count * outcomes);
  for (let row = 0; row < count; row++) {
    const [common, own] = [uniformFrom(1), uniformFrom(seed + 7919 * row)];
    const mass = 2 ** (20 * own() - 10);
    for (let k = 0; k < outcomes; k++) data[row * outcomes + k] = mass * entry(common, own, k, distance);
  }
  return data;
}

const count = 9; // from 8 on there is a product
const worst = 4 * ulp;

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());
  const weights = (data: Float32Array<ArrayBuffer>, outcomes: number) => engine.rows(data, { outcomes, form: 'weights' });

  describe.each(Object.entries(regimes))('rows %s', (_, entry) => {
    test.each([[16, -1], [16, 0.5], [20, 1], [67, 0], [130, -2], [520, -0.3]])('are right to 4 ulp for %i outcomes and α = %d', async (outcomes, alpha) => {
      for (const distance of [3e-5, 0.003, 0.02, 0.5]) {
        const [p, q] = [3, 4].map((seed) => rowsOf(entry, count, outcomes, seed, distance)) as [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
        const matrix = await alphaDivergenceMatrix(weights(p, outcomes), weights(q, outcomes), { alpha }).read();
        matrix.forEach((d, cell) => {
          const [i, j] = [Math.floor(cell / count) * outcomes, (cell % count) * outcomes];
          const expected = alphaDivergenceOfWeights(p.subarray(i, i + outcomes), q.subarray(j, j + outcomes), alpha);
          expect(relativeError(d, Math.fround(expected)), `[${Math.floor(cell / count)}, ${cell % count}] ${distance}`).toBeLessThanOrEqual(worst);
        });
      }
    });
  });

  test('members, and the nearest of rows 1 % apart', async () => {
    const outcomes = 20;
    const [p, q] = [3, 4].map((seed) => rowsOf(near, count, outcomes, seed, 0.01)) as [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
    const [of, from] = [weights(p, outcomes), weights(q, outcomes)];
    for (const divergence of [hellingerDistance, jensenShannonDivergence]) {
      const matrix = divergenceMatrix(of, from, { divergence });
      const [found, exact] = [await matrix.read(), new Float64Array(count)];
      const operands = [p, q].map((data) => ({ form: 'weights' as const, rows: count, width: outcomes, row: (i: number) => data.subarray(i * outcomes, (i + 1) * outcomes) }));
      const write = divergenceMatrix.operation.reference(operands, { divergence });
      for (let i = 0; i < count; i++) {
        finish(write(i, exact));
        exact.forEach((expected, j) => expect(relativeError(found[i * count + j]!, expected)).toBeLessThanOrEqual(worst));
      }
      const list = await nearest(of, from, { divergence, k: 2 }).read();
      for (let i = 0; i < count; i++) expect(list[4 * i + 1]).toBe(Math.min(...found.subarray(i * count, (i + 1) * count)));
    }
  });
});
