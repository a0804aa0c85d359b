import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { compileShader, joinPieces } from '../../src/engine/shader.ts';
import { regimeLayout } from '../../src/engine/regimes.ts';
import { findDevice } from '../../src/engine/webgpu/adapter.ts';
import { alphaDivergence, jensenShannonDivergence, klDivergence } from '../../src/index.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { kernelUses } from '../cases.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { placeFor } from './place.ts';

const rows = 9; // two workgroups of four teams, and one team of a third
const outcomes = 203;

function data(seed: number, form: 'weights' | 'logits'): Float32Array<ArrayBuffer> {
  const uniform = uniformFrom(seed);
  return new Float32Array(rows * outcomes).map((_, at) => {
    const x = Math.floor(at / outcomes) % 3 === 1 ? 5000 * uniform() : 0.01 + uniform() ** 4;
    return form === 'logits' ? Math.log(x) : x;
  });
}

/** The numbers of several divergences, by teams that join with or without subgroups. */
async function results(subgroups: boolean, form: 'weights' | 'logits'): Promise<number[]> {
  const engine = await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { regime: 'team', subgroups });
  const [p, q] = [1, 2].map((seed) => engine.rows(data(seed, form), { outcomes, form })) as [Tensor, Tensor];
  const divergences = [klDivergence(p, q), alphaDivergence(p, q, { alpha: 0.3 }), alphaDivergence(p, q, { alpha: 0 }), jensenShannonDivergence(p, q)];
  const numbers: number[] = [];
  for (const divergence of divergences) numbers.push(...await divergence.read());
  engine.dispose();
  return numbers;
}

test.each(['weights', 'logits'] as const)('teams give the same bits with subgroups and without, on %s', async (form) => {
  expect(await results(true, form)).toEqual(await results(false, form));
});

test('kernels compile for subgroups of every size, where the device has them', async () => {
  const found = await findDevice(['subgroups']);
  if (!('device' in found)) throw new Error(found.reason);
  const { device } = found;
  const uses = kernelUses(await openEngine({ backend: 'cpu' })).filter(({ name, kernel }) => kernel.teams && name === 'klDivergence');
  expect(uses.length).toBeGreaterThan(0);
  const sizes = device.features.has('subgroups') ? [4, 16] as const : [0] as const;
  for (const size of sizes) {
    for (const { kernel, dispatch } of uses) await compileShader(device, `subgroups of ${size}`, joinPieces([...regimeLayout('team', 1, size).pieces, ...kernel.pieces(dispatch, 'team')]));
  }
  device.destroy();
});
