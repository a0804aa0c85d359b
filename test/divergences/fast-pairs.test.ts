/** All pairs and nearest neighbours on the fast path of the CPU, certified row by row against the f64 reference. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import {
  alphaDivergence, divergenceMatrix, fisherRaoDistance, hellingerDistance, jensenShannonDivergence, klDivergence, nearest, openEngine, totalVariationDistance,
} from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { relativeError, uniformFrom } from '../math/relative-error.ts';

let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu', check: 'all' }); });
afterAll(() => engine.dispose());

type Kind = 'heavy' | 'zeros' | 'clusters' | 'powers';

/** Rows of unlike masses; those of one seed are the same for every count. */
function rowsOf(kind: Kind, count: number, outcomes: number, seed: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(count * outcomes);
  for (let row = 0; row < count; row++) {
    const own = uniformFrom(seed + 7919 * row);
    const cluster = uniformFrom(1 + (row % 3)); // the same for every seed
    const mass = 0.1 + 10 * own();
    for (let k = 0; k < outcomes; k++) {
      const common = 0.01 + cluster() ** 4;
      data[row * outcomes + k] = mass * {
        heavy: () => 0.01 + own() ** 8 / (k + 1),
        zeros: () => (k % 5 === 3 || own() < 0.01 ? 0 : own()),
        clusters: () => common * (1 + 1e-3 * (own() - 0.5)),
        powers: () => 2 ** (-60 * own()),
      }[kind]();
    }
  }
  return data;
}

const weights = (data: Float32Array<ArrayBuffer>, outcomes: number): Tensor => engine.rows(data, { outcomes, form: 'weights' });

async function readFast(result: Tensor): Promise<Float32Array> {
  const data = await result.read();
  expect(result.report).toMatchObject({ backend: 'cpu', certificate: { passed: true, rowsChecked: result.rows } });
  expect(result.report.adapter).toMatch(/^WebAssembly SIMD/);
  return data;
}

/** Below and at the widths and counts from which there is a product; and beside quads, blocks, panels and chunks of it. */
const shapes = [[2, 9, 9], [15, 20, 20], [16, 7, 20], [16, 8, 8], [17, 16, 17], [31, 17, 9], [66, 40, 19], [256, 33, 34], [259, 18, 35], [1030, 20, 21], [4096, 17, 18]] as const;

describe.each(shapes)('%i outcomes, %i by %i rows', (outcomes, rowsP, rowsQ) => {
  test.each(['heavy', 'zeros', 'clusters', 'powers'] as const)('%s', async (kind) => {
    const [p, q] = [weights(rowsOf(kind, rowsP, outcomes, 1), outcomes), weights(rowsOf(kind, rowsQ, outcomes, 2), outcomes)];
    for (const alpha of [-2.5, -2, -1, -0.3, 0, 0.3, 1, 2]) await readFast(divergenceMatrix(p, q, { divergence: alphaDivergence, alpha }));
    for (const divergence of [hellingerDistance, fisherRaoDistance]) await readFast(divergenceMatrix(p, q, { divergence }));
    await readFast(divergenceMatrix(p, q, { divergence: jensenShannonDivergence, weight: 0.3 }));
  });

  test('the divergences of rows from themselves are 0', async () => {
    const p = weights(rowsOf('heavy', rowsP, outcomes, 1), outcomes);
    for (const alpha of [-2, -1, 0, 0.3]) {
      const matrix = await readFast(divergenceMatrix(p, p, { divergence: alphaDivergence, alpha }));
      for (let i = 0; i < rowsP; i++) expect(matrix[i * rowsP + i]).toBe(0);
    }
  });
});

test.each([[0, 4], [-1, Infinity], [0.5, 16 / 3], [1.5, Infinity]])('rows without common outcomes at α = %d: 4/(1 − α²), or ∞', async (alpha, expected) => {
  const row = (from: number): number[] => Array.from({ length: 32 }, (_, k) => (k >= from && k < from + 16 ? 1 + k : 0));
  const [p, q] = [[0, 1, 2, 3, 4, 5, 6, 7].map(() => row(0)), [0, 1, 2, 3, 4, 5, 6, 7].map(() => row(16))];
  const matrix = await readFast(divergenceMatrix(engine.rows(p, { outcomes: 32, form: 'weights' }), engine.rows(q, { outcomes: 32, form: 'weights' }), { divergence: alphaDivergence, alpha }));
  for (const d of matrix) expect(relativeError(d, expected)).toBeLessThanOrEqual(4 * ulp);
});

test('all pairs of what has no fast function for pairs are done by the reference', async () => {
  const p = weights(rowsOf('heavy', 9, 20, 1), 20);
  const matrix = divergenceMatrix(p, p, { divergence: totalVariationDistance });
  await matrix.read();
  expect(matrix.report?.adapter).toBe('CPU');
});

test('a bad row beyond those that the centre is made of', async () => {
  const [good, bad] = [rowsOf('heavy', 300, 16, 1), rowsOf('heavy', 300, 16, 2)];
  bad[290 * 16 + 5] = -1;
  const at = (p: Float32Array<ArrayBuffer>, q: Float32Array<ArrayBuffer>) => divergenceMatrix(weights(p, 16), weights(q, 16), { divergence: klDivergence }).read();
  await expectFailure(() => at(bad, good), DomainError, 'domain', { argument: 'p', row: 290 });
  await expectFailure(() => at(good, bad), DomainError, 'domain', { argument: 'q', row: 290 });
});

describe('nearest', () => {
  const q = rowsOf('heavy', 70, 24, 2);
  q.copyWithin(24 * 40, 24 * 3, 24 * 10); // some rows are there twice

  test.each([1, 2, 5, 33, 70])('the %i nearest are the beginning of the sorted row', async (k) => {
    const [p, all] = [weights(rowsOf('heavy', 21, 24, 1), 24), weights(q, 24)];
    const found = await readFast(nearest(p, all, { divergence: klDivergence, k }));
    const matrix = await readFast(divergenceMatrix(p, all, { divergence: klDivergence }));
    for (let i = 0; i < 21; i++) {
      const entries = Array.from(matrix.subarray(70 * i, 70 * (i + 1)), (d, index) => [index, d] as const).sort((a, b) => a[1] - b[1] || a[0] - b[0]);
      expect([...found.subarray(2 * k * i, 2 * k * (i + 1))]).toEqual(entries.slice(0, k).flat());
    }
  });
});
