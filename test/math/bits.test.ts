import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergence, bits, chernoffInformation, crossEntropy, divergenceMatrix, entropy, hellingerDistance, jeffreysDivergence, jensenShannonDivergence, klDivergence, maxDivergence, pearsonChiSquaredDivergence, renyiDivergence, totalVariationDistance } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';

describe.each(['webgpu', 'cpu', 'reference'] as const)('on %s', (backend) => {
  let engine: Engine;
  let [p, q]: Tensor[] = [];
  beforeAll(async () => {
    engine = await openEngine({ ...await placeFor(backend), check: 'all' });
    p = engine.rows([[1, 1, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0]], { outcomes: 4, form: 'weights' });
    q = engine.rows([[1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 1, 0]], { outcomes: 4, form: 'weights' });
  });
  afterAll(() => engine.dispose());

  test('whole bits are whole', async () => {
    const read = async (x: Tensor): Promise<number[]> => [...await bits(x).read()];
    expect(await read(entropy(p!))).toEqual([1, 2, 0]);
    expect(await read(klDivergence(p!, q!))).toEqual([1, 0, Infinity]);
    expect(await read(crossEntropy(p!, q!))).toEqual([2, 2, Infinity]);
    expect(await read(jensenShannonDivergence(p!, q!)).then((values) => values[2])).toBe(1);
    expect(await read(renyiDivergence(p!, q!, { order: 2, reduction: 'sum', mask: [1, 1, 0] }))).toEqual([1]);
    expect(await read(maxDivergence(p!, q!))).toEqual([1, 0, Infinity]);
    expect((await read(divergenceMatrix(p!, q!, { divergence: klDivergence }))).slice(0, 2)).toEqual([1, 1]);
    expect(await read(engine.values([[Math.LN2, -3 * Math.LN2, 1e-30, 3e38]], { outcomes: 4 }))).toEqual([1, -3, 1e-30, Infinity].map((x, k) => (k === 2 ? Math.fround(Math.fround(1e-30) / Math.LN2) : x)));
  });

  test('information alone has a unit', () => {
    for (const x of [chernoffInformation(p!, q!), jeffreysDivergence(p!, q!), alphaDivergence(p!, q!, { alpha: 1 }), alphaDivergence(p!, q!, { alpha: [1, -1, 1] })]) expect(bits(x).shape).toEqual([3]);
    const others = [hellingerDistance(p!, q!), totalVariationDistance(p!, q!), pearsonChiSquaredDivergence(p!, q!), alphaDivergence(p!, q!, { alpha: 0.5 }), bits(entropy(p!)), divergenceMatrix(p!, q!, { divergence: hellingerDistance })];
    for (const x of others) expect(() => bits(x)).toThrow(expect.objectContaining({ code: 'domain', operation: 'bits', argument: 'x' }));
    expect(() => bits(p!)).toThrow(expect.objectContaining({ code: 'shape', operation: 'bits' }));
  });
});
