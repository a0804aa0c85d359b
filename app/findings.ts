import type { Corpus } from './corpus.ts';

export interface Pair {
  from: string;
  to: string;
  distance: number;
}

/** What the Hellinger distances say, as data. Every list is in the order in which it is to be read. */
export interface Findings {
  nearest: Pair[]; // pairs of addresses, nearest first
  nearestOfTwo: Pair; // the nearest pair of addresses by two different presidents
  breaks: Pair[]; // from one address to the next, at most a year later; largest first
  predecessors: Pair[]; // from each president to the closest earlier one, in order of first address
}

/** D_0 = 4 H², so H = √(D_0 / 4). */
export function hellingerFromAlpha0(divergences: ArrayLike<number>): Float32Array {
  return Float32Array.from(divergences, (divergence) => Math.sqrt(divergence / 4));
}

/**
 * `addressDistances` is [addresses, addresses], `presidentDistances` [presidents, presidents]; both are symmetric.
 */
export function findings(
  { addresses, presidents }: Pick<Corpus, 'addresses' | 'presidents'>,
  addressDistances: ArrayLike<number>,
  presidentDistances: ArrayLike<number>,
): Findings {
  const pair = (i: number, j: number): Pair => ({
    from: addresses[i]!.label,
    to: addresses[j]!.label,
    distance: addressDistances[i * addresses.length + j]!,
  });
  const byDistance = (a: Pair, b: Pair): number => a.distance - b.distance;
  const indexPairs = addresses.flatMap((_, i) => addresses.slice(i + 1).map((__, k) => [i, i + 1 + k] as const));
  const ofTwo = indexPairs.filter(([i, j]) => addresses[i]!.president !== addresses[j]!.president);
  const consecutive = indexPairs.filter(([i, j]) => j === i + 1 && addresses[j]!.year - addresses[i]!.year <= 1);
  return {
    nearest: indexPairs
      .map(([i, j]) => pair(i, j))
      .sort(byDistance)
      .slice(0, 3),
    nearestOfTwo: ofTwo.map(([i, j]) => pair(i, j)).sort(byDistance)[0]!,
    breaks: consecutive
      .map(([i, j]) => pair(i, j))
      .sort((a, b) => byDistance(b, a))
      .slice(0, 3),
    predecessors: presidents.slice(1).map(({ shortName }, index) => {
      const row = (index + 1) * presidents.length;
      const earlier = Array.from({ length: index + 1 }, (_, j) => ({
        from: shortName,
        to: presidents[j]!.shortName,
        distance: presidentDistances[row + j]!,
      }));
      return earlier.sort(byDistance)[0]!;
    }),
  };
}

/** The findings as three headed lists of short lines, for the terminal and the page alike. */
export function findingsAsText(found: Findings): { heading: string; lines: string[] }[] {
  const show = ({ from, to, distance }: Pair): string => `${from} and ${to}: ${distance.toFixed(3)}`;
  return [
    {
      heading: 'Nearest pairs of addresses (Hellinger distance)',
      lines: [...found.nearest.map(show), `${show(found.nearestOfTwo)}, the nearest by two presidents`],
    },
    { heading: 'Largest breaks between consecutive years', lines: found.breaks.map(show) },
    {
      heading: 'Closest predecessor of each president',
      lines: found.predecessors.map(({ from, to, distance }) => `${from} ← ${to}: ${distance.toFixed(3)}`),
    },
  ];
}
