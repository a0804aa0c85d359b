/** Rows of weights of masses from 2⁻¹⁰⁰ to 2¹⁰⁰, near and far, of unlike masses and with entries that hardly count. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  alphaDivergence, alphaSpectrum, bhattacharyyaDivergence, fisherRaoDistance, hellingerDistance, jensenShannonDistance, jensenShannonDivergence, klDivergence, maxDivergence,
  renyiDivergence, reverseKlDivergence, totalVariationDistance, chernoffInformation,
} from '../../src/index.ts';
import { uniformFrom } from '../math/relative-error.ts';
import { closeEngines, evaluate, places, type Divergence, type Place, type Rows } from './evaluate.ts';
import { worstOf } from './random-pairs.ts';
import cases from './extreme-weights.json' with { type: 'json' };

afterAll(closeEngines);

const divergences: Readonly<Record<string, Divergence>> = {
  kl: (p, q) => klDivergence(p, q),
  reverseKl: (p, q) => reverseKlDivergence(p, q),
  'α = −3': (p, q) => alphaDivergence(p, q, { alpha: -3 }),
  'α = 0': (p, q) => alphaDivergence(p, q, { alpha: 0 }),
  'α = 0.3': (p, q) => alphaDivergence(p, q, { alpha: 0.3 }),
  jensenShannon: (p, q) => jensenShannonDivergence(p, q),
  'jensenShannon, weight 0.03': (p, q) => jensenShannonDivergence(p, q, { weight: 0.03 }),
  jensenShannonDistance: (p, q) => jensenShannonDistance(p, q),
  hellingerDistance: (p, q) => hellingerDistance(p, q),
  fisherRaoDistance: (p, q) => fisherRaoDistance(p, q),
  totalVariation: (p, q) => totalVariationDistance(p, q),
  maxDivergence: (p, q) => maxDivergence(p, q),
  bhattacharyya: (p, q) => bhattacharyyaDivergence(p, q),
  'rényi, order 2': (p, q) => renyiDivergence(p, q, { order: 2 }),
};
const names = Object.keys(divergences);
/** Those whose kernels have nothing in common but their sweeps. */
const some = ['kl', 'jensenShannonDistance', 'hellingerDistance', 'totalVariation', 'maxDivergence'];

const [reference, cpu, lane] = places as [Place, Place, Place];
const together: readonly Place[] = [{ name: 'WebGPU, a row a team', backend: 'webgpu', regime: 'team' }, { name: 'WebGPU, a row a workgroup', backend: 'webgpu', regime: 'workgroup' }];

function expectUlps(got: readonly number[], expected: readonly number[], ulps: number): void {
  const worst = worstOf(got, expected);
  expect(worst.ulps, JSON.stringify(worst)).toBeLessThanOrEqual(ulps);
}

/** p, q, and the divergences by arithmetic of 200 digits on the numbers as f32 has them, in the order of their names. */
const known = cases as unknown as readonly (readonly [number[], number[], (number | 'Infinity')[]])[];
const [ps, qs] = [known.map(([p]) => p), known.map(([, q]) => q)];
const expectedOf = (name: string): number[] => known.map(([,, values]) => Number(values[names.indexOf(name)]));

describe.each([[reference, names], [cpu, names], [lane, names], ...together.map((place) => [place, some] as const)] as const)('$name', (place, which) => {
  test.each(which)('%s of known rows', async (name) => {
    const { values } = await evaluate(place, divergences[name]!, ps, qs);
    expectUlps(values, expectedOf(name), 4);
  });
});

function ofMass(mass: number, row: readonly number[]): number[] {
  const sum = row.reduce((total, x) => total + x, 0);
  return row.map((x) => Math.fround((mass * x) / sum));
}

/** Rows of any masses, and others near to them or not. */
function randomRows(seed: number, outcomes: number): { readonly p: Rows; readonly q: Rows } {
  const uniform = uniformFrom(seed);
  const [p, q]: [number[][], number[][]] = [[], []];
  for (let row = 0; row < 24; row++) {
    const [massOfP, massOfQ, distance] = [2 ** (190 * uniform() - 95), 2 ** (190 * uniform() - 95), 10 ** (-6 * uniform())];
    const w = Array.from({ length: outcomes }, () => -Math.log(1 - uniform()) + 1e-3);
    p.push(ofMass(massOfP, w));
    q.push(ofMass(massOfQ, w.map((x) => (row % 4 ? x * (1 + distance * (uniform() - 0.5)) : uniform() ** 3 + 1e-6))));
  }
  return { p, q };
}

const shapes = fc.record({ seed: fc.nat(99_999), outcomes: fc.constantFrom(2, 3, 5, 8, 37) });

describe.each([cpu, lane])('$name', (place) => {
  test.each([...some, 'reverseKl', 'α = 0.3', 'jensenShannon, weight 0.03', 'chernoff', 'spectrum'])('%s of random rows is that of the reference', async (name) => {
    const others: Readonly<Record<string, Divergence>> = { chernoff: (p, q) => chernoffInformation(p, q), spectrum: (p, q) => alphaSpectrum(p, q, { alphas: [-2, -1, 0, 0.7, 1] }) };
    await fc.assert(fc.asyncProperty(shapes, async ({ seed, outcomes }) => {
      const { p, q } = randomRows(seed, outcomes);
      const divergence = divergences[name] ?? others[name]!;
      const expected = await evaluate(reference, divergence, p, q);
      expectUlps((await evaluate(place, divergence, p, q)).values, expected.values, 5); // the reference is rounded to f32 here
    }), { numRuns: 2 });
  });

  test('rows of small masses that differ by a half have the divergence of those of mass 1', async () => {
    const [p, q] = [[[0.9, 0.1], [0.8, 0.2]], [[0.03, 1.4], [0.11, 1.3]]];
    const times = (factor: number, rows: Rows): Rows => rows.map((row) => row.map((x) => Math.fround(Math.fround(x) * factor)));
    for (const [name, divergence] of Object.entries(divergences)) {
      for (const power of [-90, -60, -30, 30, 60, 90]) {
        const { values } = await evaluate(place, divergence, times(2 ** power, p), times(2 ** power, q));
        const expected = await evaluate(reference, divergence, times(1, p), times(1, q));
        expect(worstOf(values, expected.values).ulps, `${name}, times 2^${power}`).toBeLessThanOrEqual(5);
      }
    }
  });

  test('multiples of a row are at distance 0, powers of two change nothing, and bounds hold to the last bit', async () => {
    const { p } = randomRows(5, 6);
    const small = p.map((row) => row.map((x) => Math.round(2 ** 16 * (x / Math.max(...row)))));
    const bounds: Readonly<Record<string, number>> = { jensenShannon: Math.LN2, jensenShannonDistance: Math.sqrt(Math.LN2), hellingerDistance: 1, 'α = 0': 4, 'α = 0.3': 4 / (1 - 0.3 ** 2), totalVariation: 1, fisherRaoDistance: Math.PI };
    const apart = [[0.3, 0.7, 0, 0], [0.1, 0.2, 0.7, 0], [3, 5, 0, 0], [1e-30, 3e-30, 0, 0]];
    const from = [[0, 0, 0.1, 0.9], [0, 0, 0, 0.7], [0, 0, 7e20, 3e20], [0, 0, 1, 3]];
    for (const [name, divergence] of Object.entries(divergences)) {
      expect((await evaluate(place, divergence, small, small.map((row) => row.map((x) => 7 * x)))).values, name).toEqual(small.map(() => 0));
      if (!(name in bounds)) continue;
      const bound = Math.fround(bounds[name]!);
      for (const value of (await evaluate(place, divergence, apart, from)).values) expect(value, name).toBeLessThanOrEqual(bound);
    }
  });
});

test.each([cpu, lane])('rows of 20,000 outcomes, in parts: $name', async (place) => {
  const near = known.slice(18, 24);
  const repeated = (row: number[]): number[] => Array.from({ length: 20_000 }, (_, k) => row[k % 5]! / 4096);
  for (const name of ['kl', 'jensenShannon', 'hellingerDistance', 'totalVariation']) {
    const { values } = await evaluate(place, divergences[name]!, near.map(([p]) => repeated(p)), near.map(([, q]) => repeated(q)));
    expectUlps(values, expectedOf(name).slice(18, 24), 4); // a row said many times over is as far from another
  }
});
