import { test, expect } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { alphaDivergence } from '../../src/index.ts';
import { alphaDivergenceOfLogits } from '../../src/math/alpha-family.ts';
import { uniformFrom } from '../math/relative-error.ts';
test('explore', { timeout: 600000 }, async () => {
    const engine = await openEngine({ backend: 'webgpu' }, { regime: 'lane' });
    const u = uniformFrom(77);
    const g = () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
    for (const alpha of [-3, -1, 0, 0.5, 1.5, 2.7]) {
      const line = [];
      for (const K of [2, 3, 8]) for (const [sigma, near, off] of [[1, 1, 0], [3, 0.1, 0], [2, 1e-3, -35], [1, 1e-5, 0], [1, 3e-7, 5], [20, 1, 0], [20, 1e-3, 20],[6, 1e-2, 20]] as const) {
        const rows = 10000;
        const A = new Float32Array(rows * K).map(() => sigma * g() + (off ? 20 : 0));
        const B = A.map((x) => (near === 1 ? sigma * g() : x + near * sigma * g()) + (off));
        const got = await alphaDivergence(engine.rows(A, { outcomes: K, form: 'logits' }), engine.rows(B, { outcomes: K, form: 'logits' }), { alpha }).read();
        let w = 0, at = 0, inf = 0;
        for (let r = 0; r < rows; r++) {
          const want = alphaDivergenceOfLogits(A.subarray(r * K, r * K + K), B.subarray(r * K, r * K + K), alpha);
          if (Math.abs(want) > 3.4028234663852886e38 ) { inf++; if (got[r] !== Infinity) { w = Infinity; at = r; } continue; }
          if (want < 2 ** -126) continue;
          const e = Math.abs(got[r]! - want) / Math.max(want, 2 ** -126) * 2 ** 23;
          if (!(e <= w)) { w = e; at = r; }
        }
        line.push(w.toFixed(2));
        if (!(w < 4)) console.log('BAD', alpha, K, sigma, near, off, w, got[at], K < 6 ? [...A.subarray(at * K, at * K + K), ...B.subarray(at * K, at * K + K)].join(' ') : '');
      }
      console.log(alpha, line.join(' '));
    }
    engine.dispose();
  expect(1).toBe(1);
});
