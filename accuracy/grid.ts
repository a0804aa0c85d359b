import type { Mode } from './report.ts';

/** All combinations of some α, distances and row lengths, with so many pairs of rows at each distance. */
export interface Grid {
  readonly alphas: readonly number[];
  readonly distances: readonly number[];
  readonly outcomes: readonly number[];
  readonly each: number;
}

/** The limits ±1 of the α-divergence, from both sides and from so far. */
function besideLimits(offsets: readonly number[]): number[] {
  return [-1, 1].flatMap((limit) => offsets.flatMap((offset) => [limit - offset, limit + offset]));
}

function range(count: number, of: (index: number) => number): number[] {
  return Array.from({ length: count }, (_, index) => of(index));
}

const decades = [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];
const halfDecades = decades.flatMap((distance) => (distance < 1 ? [distance, distance * Math.sqrt(10)] : [distance]));
const namedAlphas = [-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3];

/** Many α in rows of a few lengths, and a few α in rows of all lengths. */
export const grids: Readonly<Record<Mode, readonly Grid[]>> = {
  quick: [
    {
      alphas: [...namedAlphas, ...besideLimits([1e-3, 1e-5, 1e-7])],
      distances: decades,
      outcomes: [2, 64, 1024],
      each: 4,
    },
    { alphas: [-1, 0.5, 1 + 1e-7], distances: decades, outcomes: [131_072], each: 1 },
  ],
  full: [
    {
      alphas: [...range(49, (index) => -3 + index / 8), ...besideLimits(decades.slice(0, -1))],
      distances: halfDecades,
      outcomes: [2, 16, 128, 1024],
      each: 8,
    },
    {
      alphas: [...namedAlphas, ...besideLimits([1e-7])],
      distances: decades,
      outcomes: range(17, (index) => 2 ** (index + 1)),
      each: 2,
    },
  ],
};
