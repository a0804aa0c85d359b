import { expect } from 'vitest';
import type { Tensor } from '../../src/index.ts';
import { uniformFrom } from '../math/relative-error.ts';

/** What the fast path of the CPU makes of a tensor, each row of it held against the reference by an engine with check: 'all'. */
export async function certified(tensor: Tensor): Promise<number[]> {
  const data = await tensor.read();
  expect(tensor.report?.adapter).toMatch(/^WebAssembly SIMD/);
  expect(tensor.report?.certificate).toMatchObject({ passed: true, rowsChecked: tensor.rows });
  return [...data];
}

/** Rows of which kernels take one or another way. */
export const rowKinds: readonly (readonly [string, (uniform: number) => number])[] = [
  ['even', (u) => -Math.log1p(-u)],
  ['wide', (u) => 2 ** (-100 * u)],
  ['peaked', (u) => Math.tan(1.57 * u) ** 4 + 1e-12],
  ['with zeros', (u) => Math.max(0, u - 0.4)],
  ['tiny', (u) => 1e-40 + 1e-30 * u],
];

/** Rows of a kind, each with an entry that is surely not small. */
export function rowsOf([, weight]: (typeof rowKinds)[number], rows: number, outcomes: number, seed: number): Float32Array<ArrayBuffer> {
  const uniform = uniformFrom(seed);
  const data = Float32Array.from({ length: rows * outcomes }, () => weight(uniform()));
  for (let row = 0; row < rows; row++) data[row * outcomes + (row % outcomes)] = weight(0.97);
  return data;
}
