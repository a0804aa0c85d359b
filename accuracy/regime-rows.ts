import { uniformFrom } from '../host/uniform.ts';
import type { Mode } from './report.ts';

/** What rows of a regime are: pairs of them row by row, or two batches for all pairs. */
export type Regime = 'all pairs' | 'masks' | 'masses';

/** A batch of a regime. */
export interface RegimeBatch {
  readonly regime: Regime;
  readonly form: 'weights' | 'logits';
  readonly outcomes: number;
  readonly what: string;
  readonly p: Float32Array<ArrayBuffer>;
  readonly q: Float32Array<ArrayBuffer>;
}

/** Finite logits that say "not in this vocabulary": of habit, of f16, of f32. */
const masks = [-1e4, -65_504, -1e9, -1e30, -3.4028234663852886e38];
const pairDistances = [1e-7, 1e-5, 1e-3, 3e-3, 0.01, 0.03, 0.05, 1];
const massDistances = [1e-7, 1e-5, 1e-3, 0.1, 1];

/** Near rows, far rows and rows in clusters, of unlike masses. */
function pairBatches(mode: Mode): RegimeBatch[] {
  const lengths = mode === 'quick' ? [16, 130] : [2, 16, 20, 64, 130, 1024];
  return lengths.flatMap((outcomes) =>
    pairDistances.flatMap((distance) =>
      [1, 3].map((clusters): RegimeBatch => {
        const rows = (seed: number): Float32Array<ArrayBuffer> =>
          rowsOf(12, outcomes, seed, (row, own) => {
            const common = uniformFrom(1 + (row % clusters));
            const mass = 2 ** (20 * own() - 10);
            return () => mass * (0.01 + common() ** 4) * (1 + 0.999 * distance * (2 * own() - 1));
          });
        const what = `${distance} apart${clusters > 1 ? `, ${clusters} clusters` : ''}`;
        return { regime: 'all pairs', form: 'weights', outcomes, what, p: rows(5), q: rows(6) };
      }),
    ),
  );
}

/** Logits of which some are masked: in p, in q, or in both. */
function maskBatches(mode: Mode): RegimeBatch[] {
  const lengths = mode === 'quick' ? [8] : [3, 64, 2048];
  const sides = [
    ['p', true, false],
    ['q', false, true],
    ['both', true, true],
  ] as const;
  return lengths.flatMap((outcomes) =>
    masks.flatMap((mask) =>
      sides.map(([side, inP, inQ]): RegimeBatch => {
        const rows = (seed: number, masked: boolean): Float32Array<ArrayBuffer> =>
          rowsOf(8, outcomes, seed, (row, own) => {
            const chosen = uniformFrom(17 + row); // the same in p and q
            return (k) => (chosen() < 0.3 && k > 0 && masked ? mask : 6 * own() - 3);
          });
        return {
          regime: 'masks',
          form: 'logits',
          outcomes,
          what: `${mask} in ${side}`,
          p: rows(7, inP),
          q: rows(8, inQ),
        };
      }),
    ),
  );
}

/** Weights whose masses are 2^-100 to 2^100, unlike in p and q. */
function massBatches(mode: Mode): RegimeBatch[] {
  const lengths = mode === 'quick' ? [5] : [2, 5, 64, 1000];
  return lengths.flatMap((outcomes) =>
    massDistances.map((distance): RegimeBatch => {
      const rows = (seed: number): Float32Array<ArrayBuffer> =>
        rowsOf(16, outcomes, seed, (row, own) => {
          const common = uniformFrom(31 + row);
          const mass = 2 ** (196 * own() - 98) / outcomes;
          return () => mass * (0.01 + common()) * (1 + 0.999 * distance * (2 * own() - 1));
        });
      return { regime: 'masses', form: 'weights', outcomes, what: `${distance} apart`, p: rows(9), q: rows(10) };
    }),
  );
}

/** Gives the entries of a row, of numbers that are its own. */
type EntryOf = (row: number, own: () => number) => (k: number) => number;

function rowsOf(count: number, outcomes: number, seed: number, entryOf: EntryOf): Float32Array<ArrayBuffer> {
  const data = new Float32Array(count * outcomes);
  for (let row = 0; row < count; row++) {
    const entry = entryOf(row, uniformFrom(seed + 7919 * row));
    for (let k = 0; k < outcomes; k++) data[row * outcomes + k] = entry(k);
  }
  return data;
}

export function regimeBatches(mode: Mode): RegimeBatch[] {
  return [...pairBatches(mode), ...maskBatches(mode), ...massBatches(mode)];
}
