import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { counters } from '../../src/engine/webgpu/counters.ts';
import { alphaDivergence } from '../../src/index.ts';

test('1,000 calls with as many α compile nothing after the first of each polynomial', async () => {
  using engine = await openEngine({ backend: 'webgpu' });
  const [p, q] = [engine.rows([[0.25, 0.75]], { outcomes: 2 }), engine.rows([[0.5, 0.5]], { outcomes: 2 })];
  for (const alpha of [0.5, 10]) await alphaDivergence(p, q, { alpha }).read();
  const { pipelines, dispatches } = counters;
  for (let index = 0; index < 1000; index++) {
    using d = alphaDivergence(p, q, { alpha: (index - 500) / 40 + 1e-4 });
    await d.read();
  }
  expect(counters).toMatchObject({ pipelines, dispatches: dispatches + 1000 });
});
