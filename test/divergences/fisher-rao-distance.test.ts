import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import { alphaDivergence, fisherRaoDistance } from '../../src/index.ts';
import { closeEngines, evaluate, expectUlps, places, type Rows } from './evaluate.ts';

afterAll(closeEngines);

const row = fc.array(fc.nat(4095), { minLength: 5, maxLength: 5 }).map(([first, ...rest]) => [rest.some((x) => x > 0) ? first! : 1, ...rest]);
const batch = fc.array(row, { minLength: 24, maxLength: 24 });

describe.each(places)('on $name', (place) => {
  const distances = async (p: Rows, q: Rows): Promise<number[]> => (await evaluate(place, fisherRaoDistance, p, q)).values;

  test('two outcomes lie on a half circle: 2 |asin √p − asin √q|', async () => {
    const angles = [0, 2 ** -10, 0.1, 0.5, 0.75, 1, 1.25];
    const p = [[1, 0], ...angles.map((t) => [Math.sin(t) ** 2, Math.cos(t) ** 2].map(Math.fround))];
    const angleOf = ([x, y]: readonly number[]): number => Math.atan2(Math.sqrt(x!), Math.sqrt(y!));
    for (const q of [[0, 1], [1, 0], [1, 3]]) {
      const expected = p.map((each) => 2 * Math.abs(angleOf(each) - angleOf(q)));
      expectUlps(await distances(p, p.map(() => q)), expected, 4);
    }
  });

  test('π for disjoint supports, π/2 at the angle of 45° from a vertex, 0 for equal rows', async () => {
    expectUlps(await distances([[1, 0, 0], [1, 0, 0], [1, 2, 5]], [[0, 1, 3], [1, 1, 0], [2, 4, 10]]), [Math.PI, Math.PI / 2, 0], 2);
  });

  test('a metric of diameter π, with D_0 = 8 sin²(d/4)', () => fc.assert(fc.asyncProperty(batch, batch, batch, async (p, q, r) => {
    const [pq, qp, qr, pr] = await Promise.all([distances(p, q), distances(q, p), distances(q, r), distances(p, r)]);
    const chords = (await evaluate(place, (x, y) => alphaDivergence(x, y, { alpha: 0 }), p, q)).values;
    pq.forEach((d, k) => {
      expect(d).toBeLessThanOrEqual(Math.fround(Math.PI));
      expect(Math.abs(d - qp[k]!)).toBeLessThanOrEqual(4 * ulp * d);
      expect(pr[k]).toBeLessThanOrEqual((d + qr[k]!) * (1 + 8 * ulp));
      expect(Math.abs(8 * Math.sin(d / 4) ** 2 - chords[k]!)).toBeLessThanOrEqual(8 * ulp * chords[k]!);
    });
  }), { numRuns: 3 }));

  test('logits (t, −t) against (0, 0): the Gudermannian of t', async () => {
    const ts = [2 ** -12, 0.125, 1, 8];
    expectUlps((await evaluate(place, fisherRaoDistance, [[0, 0]], ts.map((t) => [t, -t]), 'logits')).values, ts.map((t) => Math.atan(Math.sinh(t))), 4);
  });
});
