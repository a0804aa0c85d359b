import { uniformFrom } from '../math/relative-error.ts';

/** Positive rows of weights that a seed determines. */
export function randomRows(rows: number, outcomes: number, seed: number): Float32Array<ArrayBuffer> {
  const uniform = uniformFrom(seed);
  return Float32Array.from({ length: rows * outcomes }, () => 0.01 + uniform() ** 3);
}

/** Real rows in [−1, 1] that a seed determines. */
export function randomValues(rows: number, width: number, seed: number): Float32Array<ArrayBuffer> {
  const uniform = uniformFrom(seed);
  return Float32Array.from({ length: rows * width }, () => 2 * uniform() - 1);
}
