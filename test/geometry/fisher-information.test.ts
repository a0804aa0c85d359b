import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Coordinates } from '../../src/geometry/coordinates.ts';
import { fisherInformation } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';

/** Closed forms for p = (1/2, 1/4, 1/4): F = diag p − p pᵀ, G = diag(1/η) + 11ᵀ/p_K. */
const closedForms: readonly [Coordinates, number[]][] = [
  ['theta', [1 / 4, -1 / 8, -1 / 8, 3 / 16]],
  ['eta', [6, 4, 4, 8]],
  ['logits', [1 / 4, -1 / 8, -1 / 8, -1 / 8, 3 / 16, -1 / 16, -1 / 8, -1 / 16, 3 / 16]],
];

describe.each(['cpu', 'webgpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  test.each(closedForms)('is exact in %s for a dyadic row, whatever its form', async (coordinates, expected) => {
    const n = Math.sqrt(expected.length);
    const ofProbabilities = fisherInformation(engine.rows([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]], { outcomes: 3 }), { coordinates });
    const ofWeights = fisherInformation(engine.rows([[6, 3, 3]], { outcomes: 3, form: 'weights' }), { coordinates });
    expect(ofProbabilities.shape).toEqual([2, n, n]);
    expect([...(await ofProbabilities.read())]).toEqual([...expected, ...expected]);
    expect([...(await ofWeights.read())]).toEqual(expected);
  });

  test('takes logits, and is singular along (1, …, 1) there', async () => {
    const p = engine.rows([[3 + Math.log(4), 3]], { outcomes: 2, form: 'logits' });
    const f = await fisherInformation(p, { coordinates: 'logits' }).read();
    for (const [index, sign] of [1, -1, -1, 1].entries()) expect(f[index]! / (sign * 0.16)).toBeCloseTo(1, 6);
  });

  test('keeps the digits of 1 − p when one outcome has nearly all the mass', async () => {
    const p = engine.rows([[1, 1e-12, 2e-12]], { outcomes: 3, form: 'weights' });
    const f = await fisherInformation(p, { coordinates: 'theta' }).read();
    for (const [index, expected] of [3e-12, -1e-12, -1e-12, 1e-12].entries()) expect(Math.abs(f[index]! / expected - 1)).toBeLessThanOrEqual(8 * ulp);
  });

  test('is infinite in η on the boundary, and finite in θ', async () => {
    const p = engine.rows([[0, 0.5, 0.5], [0.5, 0.5, -0]], { outcomes: 3 });
    expect([...(await fisherInformation(p, { coordinates: 'eta' }).read())]).toEqual([Infinity, 2, 2, 4, Infinity, Infinity, Infinity, Infinity]);
    expect([...(await fisherInformation(p, { coordinates: 'theta' }).read())].map(Math.abs)).toEqual([0, 0, 0, 0.25, 0.25, 0.25, 0.25, 0.25]);
  });
});
