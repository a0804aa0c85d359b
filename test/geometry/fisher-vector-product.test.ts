import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Coordinates } from '../../src/geometry/coordinates.ts';
import { fisherVectorProduct } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';

/** Closed forms for p = (1/2, 1/4, 1/4): F v = p⊙(v − p·v), where θ has v_K = 0, and G v = v/η + (Σv)/p_K. */
const closedForms: readonly [Coordinates, number[], number[]][] = [
  ['theta', [2, -4], [1, -1]],
  ['eta', [2, -4], [-4, -24]],
  ['logits', [2, -4, 8], [0, -1.5, 1.5]],
];

describe.each(['cpu', 'webgpu'] as const)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend)); });
  afterAll(() => engine.dispose());

  const product = async (p: number[], v: number[], coordinates: Coordinates): Promise<number[]> => {
    const weights = engine.rows([p], { outcomes: p.length, form: 'weights' });
    return [...(await fisherVectorProduct(weights, engine.values([v], { outcomes: v.length }), { coordinates }).read())];
  };

  test.each(closedForms)('is exact in %s for a dyadic row', async (coordinates, v, expected) => {
    expect(await product([0.5, 0.25, 0.25], v, coordinates)).toEqual(expected);
    expect(await product([6, 3, 3], v, coordinates)).toEqual(expected);
  });

  test('a constant adds nothing in logits', async () => {
    expect((await product([1, 2, 3], [5, 5, 5], 'logits')).map(Math.abs)).toEqual([0, 0, 0]);
  });

  test('keeps its digits when one outcome has nearly all the mass, wherever that is', async () => {
    const [small, large] = [2 ** -40, 1 - 2 ** -40];
    const expected = [small * (0.7 - 0.3), -small * (0.7 - 0.3)].map((x) => x * large);
    const near = (got: number[], wanted: number[]): void => got.forEach((x, k) => expect(Math.abs(x / wanted[k]! - 1)).toBeLessThanOrEqual(16 * ulp));
    near(await product([small, 1], [0.7, 0.3], 'logits'), expected);
    near(await product([1, small], [0.3, 0.7], 'logits'), expected.toReversed());
    near(await product([1, small], [-0.4], 'theta'), [expected[1]!]);
    near(await product([small, 1], [0.4], 'theta'), [expected[0]!]);
  });

  test('is infinite in η where the boundary forbids the vector, and 0 where the vector is 0', async () => {
    expect(await product([0, 0.5, 0.5], [1, 0], 'eta')).toEqual([Infinity, 2]);
    expect(await product([0, 0.5, 0.5], [0, 1], 'eta')).toEqual([2, 4]);
    expect(await product([0, 0.5, 0.5], [-1, 1], 'eta')).toEqual([-Infinity, 2]);
  });
});
