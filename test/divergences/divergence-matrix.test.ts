import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { DomainError } from '../../src/engine/errors.ts';
import { apply, type Operation } from '../../src/engine/operation.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import * as dually from '../../src/index.ts';
import { alphaDivergence, divergenceMatrix, type klDivergence } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import { expectFailure } from '../failure.ts';
import { uniformFrom } from '../math/relative-error.ts';

interface RowDivergence {
  readonly operation: Operation;
  readonly divergence: { readonly examples?: readonly object[] };
}

/** Every divergence of rows that the package exports, with each of the parameters that its record gives as examples. */
const divergences = Object.entries(dually as unknown as Record<string, object>).flatMap(([name, exported]) => {
  if (!('divergence' in exported)) return [];
  const examples = (exported as RowDivergence).divergence.examples ?? [{}];
  return examples.map((parameters) => ({ name, parameters, divergence: exported as unknown as typeof klDivergence }));
});

const [rowsP, rowsQ, outcomes] = [9, 11, 33];

/** Rows of which those with equal index are near: 1e-4 apart at first, then ever nearer. */
function rowsNear(count: number, own: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(count * outcomes);
  for (let row = 0; row < count; row++) {
    const [common, apart] = [uniformFrom(1 + 7919 * row), uniformFrom(own + 7919 * row)];
    for (let k = 0; k < outcomes; k++) data[row * outcomes + k] = (0.01 + common() ** 4) * (1 + 10 ** -(4 + row / 4) * (apart() - 0.5));
  }
  return data;
}

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  let p: Tensor;
  let q: Tensor;
  beforeAll(async () => {
    engine = await openEngine(await placeFor(backend));
    p = engine.rows(rowsNear(rowsP, 5), { outcomes, form: 'weights' });
    q = engine.rows(rowsNear(rowsQ, 6), { outcomes, form: 'weights' });
  });
  afterAll(() => engine.dispose());

  test('the package has divergences of rows', () => expect(new Set(divergences.map(({ name }) => name)).size).toBeGreaterThanOrEqual(5));

  test.each(divergences)('$name $parameters: an entry is the divergence of its rows', async ({ divergence, parameters }) => {
    const matrix = await divergenceMatrix<object>(p, q, { divergence, ...parameters }).read();
    const { operation } = divergence;
    for (let j = 0; j < rowsQ; j++) {
      const one = engine.rows(rowsNear(rowsQ, 6).slice(j * outcomes, (j + 1) * outcomes), { outcomes, form: 'weights' });
      const column = await apply(operation as Operation, [p, one], parameters).read();
      column.forEach((d, i) => expect(Math.abs(matrix[i * rowsQ + j]! - d), `[${i}, ${j}]`).toBeLessThanOrEqual(Math.min(1e-5, 2 * operation.tolerance.ulps(parameters) * ulp) * d));
    }
  });

  test.each(divergences)('$name $parameters: the diagonal of equal rows is 0', async ({ divergence, parameters }) => {
    const matrix = await divergenceMatrix<object>(p, p, { divergence, ...parameters }).read();
    for (let i = 0; i < rowsP; i++) expect(matrix[i * rowsP + i]).toBe(0);
  });

  test.each([-2, -1, -0.3, 0, 0.9999, 1.5, 2.5])('D_α[i, j](p, q) = D_−α[j, i](q, p) at α = %d', async (alpha) => {
    const forth = await divergenceMatrix(p, q, { divergence: alphaDivergence, alpha }).read();
    const back = await divergenceMatrix(q, p, { divergence: alphaDivergence, alpha: -alpha }).read();
    forth.forEach((d, cell) => {
      const mirrored = back[(cell % rowsQ) * rowsP + Math.floor(cell / rowsQ)]!;
      expect(Math.abs(d - mirrored)).toBeLessThanOrEqual(12 * ulp * d);
    });
  });

  test('something else in place of a divergence', async () => {
    for (const wrong of [undefined, 'klDivergence', divergenceMatrix, {}]) {
      const facts = { operation: 'divergenceMatrix', argument: 'divergence', expected: 'a divergence of rows, such as klDivergence' };
      await expectFailure(() => divergenceMatrix(p, q, { divergence: wrong } as never), DomainError, 'domain', facts);
    }
    const bad = { divergence: alphaDivergence, alpha: Number.NaN };
    await expectFailure(() => divergenceMatrix(p, q, bad), DomainError, 'domain', { operation: 'divergenceMatrix', argument: 'alpha', got: 'NaN' });
  });
});
