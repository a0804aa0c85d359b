import { expect, test } from 'vitest';
import { openEngine, totalVariationDistance } from '../../src/index.ts';
import { placeFor } from '../engine/place.ts';

test.each(['cpu', 'webgpu'] as const)('closed forms on %s', async (backend) => {
  const engine = await openEngine(await placeFor(backend));
  const p = engine.rows([[1, 0, 0], [0.5, 0.5, 0], [2, 2, 4], [1, 1, 2]], { outcomes: 3, form: 'weights' });
  const q = engine.rows([[0, 3, 1], [0, 0.5, 0.5], [1, 1, 2], [2, 1, 1]], { outcomes: 3, form: 'weights' });
  expect([...await totalVariationDistance(p, q).read()]).toEqual([1, 0.5, 0, 0.25]);
  engine.dispose();
});
