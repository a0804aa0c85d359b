import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, euclideanGradient, hellingerDistance, klDivergence, openEngine, reverseKlDivergence, valueAndGradient, type Engine } from '../../src/index.ts';
import { uniformFrom } from '../math/relative-error.ts';

type Rows = readonly (readonly number[])[];
let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu', check: 'all' }); });
afterAll(() => engine.dispose());

const rowsOf = (rows: Rows, form: DistributionForm): Tensor => engine.rows(rows, { outcomes: rows[0]!.length, form });

/** Reads a fast result every row of which the certificate has compared with the reference. */
async function certified(result: Tensor): Promise<Float32Array> {
  const numbers = await result.read();
  const { adapter, certificate } = result.report!;
  expect([adapter.startsWith('WebAssembly SIMD'), certificate?.passed, certificate?.rowsChecked]).toEqual([true, true, result.rows]);
  return numbers;
}

/** Rows that are near, far, peaked, scaled apart or equal, some with zeros. */
function randomWeights(outcomes: number, rows: number, seed: number): readonly [Rows, Rows] {
  const uniform = uniformFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const pairs = Array.from({ length: rows }, () => {
    const [spread, distance, factor] = [10 ** (2 * uniform() - 1), 10 ** (9 * uniform() - 8), 2 ** Math.round(80 * uniform() - 40) * (uniform() < 0.5 ? 1 : 1 + uniform())];
    const zeros = uniform() < 0.5 ? 0 : uniform() ** 3;
    const zeroed = (x: number): number => (uniform() < zeros ? 0 : x);
    const p = Array.from({ length: outcomes }, () => Math.exp(Math.max(-80, Math.min(20, spread * normal()))));
    return [p.map((x) => Math.fround(zeroed(x))), p.map((x) => Math.fround(zeroed(factor * x * Math.exp(Math.max(-60, Math.min(20, distance * normal()))))))] as const;
  });
  const alive = (row: readonly number[]): readonly number[] => (row.some((x) => x > 0) ? row : row.map(() => 1));
  return [pairs.map(([p]) => alive(p)), pairs.map(([, q]) => alive(q))];
}

const anyAlpha = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -15, max: 15, noNaN: true }), fc.constantFrom(-3, -1, 0, 1, 3, 1 + 1e-9));
const anyOutcomes = fc.oneof(fc.integer({ min: 2, max: 40 }), fc.constantFrom(300, 1501));

test('random weights agree with the reference', async () => {
  await fc.assert(fc.asyncProperty(anyAlpha, anyOutcomes, fc.constantFrom('p', 'q'), fc.nat(), async (alpha, outcomes, of, seed) => {
    const [p, q] = randomWeights(outcomes, outcomes > 1000 ? 4 : 16, seed).map((rows) => rowsOf(rows, 'weights')) as [Tensor, Tensor];
    const values = await certified(valueAndGradient(p, q, { divergence: alphaDivergence, alpha, of }));
    const alone = await certified(euclideanGradient(p, q, { divergence: alphaDivergence, alpha, of }));
    expect(valueAndGradient.split(values, outcomes).gradients).toEqual(alone);
    for (const divergence of [klDivergence, reverseKlDivergence, hellingerDistance]) await certified(valueAndGradient(p, q, { divergence, of }));
  }), { seed: Number(process.env.SEED ?? 11), numRuns: Number(process.env.RUNS ?? 20), endOnFailure: true });
});
