import { expect, test } from 'vitest';
import { alphaTable, alphaTableRow, tableHeadLength, tableReach } from '../../src/math/alpha-table.ts';
import { alphaTables, shortTableLength } from '../../src/math/alpha-tables.ts';
import { logitTable } from '../../src/math/logit-table.ts';

const alphas = [-15, -6.5, -3, -2.7, -1 - 1e-9, -1, -1 + 1e-7, -0.3, 0, 0.5, 1, 1 + 1e-12, 2.5, 4, 15];
const tables = alphaTables(alphas);
const tableOf = (index: number): Float32Array => tables.subarray(shortTableLength * index, shortTableLength * (index + 1));
const f = Math.fround;

/** f32 of a number that may be too small for the device. */
const flushed = (x: number): number => (Math.abs(f(x)) < 2 ** -126 ? 0 : f(x));

/** table_row of shaders/math/alpha-tables.wgsl, in f32. */
function rowAt(table: Float32Array, k: number): readonly [c0: number, c1: number, c2: number, e: number] {
  const stored = (at: number): number[] => [...table.subarray(4 * at, 4 * at + 4)];
  const steps = Math.trunc(k / 32);
  const rest = k - 32 * steps;
  const [y0, y1, y2, ye] = stored(8 + rest + 31) as [number, number, number, number];
  if (steps === 0) return [y0, y1, y2, ye];
  const [x0, x1, x2, xe] = stored(71 + steps + 8) as [number, number, number, number];
  const e = Math.max(0, -rest, ye);
  const [power, one, c] = [flushed(2 ** (-rest - e)), flushed(2 ** -e), flushed(x2 * 2 ** (ye - e))];
  const c0 = f(f(power * x0) + f(f(f(one - power) * x1) + flushed(c * y0)));
  return [c0, f(f(one * x1) + flushed(c * y1)), flushed(c * y2), xe + e];
}

test.each(alphas.map((alpha, index) => [alpha, index] as const))('every row of the table at α = %d to 3 ulp', (alpha, index) => {
  const [a, b] = [(1 + alpha) / 2, (1 - alpha) / 2];
  for (let k = -tableReach; k <= tableReach; k++) {
    const { values, exponent } = alphaTableRow(a, b, k);
    const [c0, c1, c2, e] = rowAt(tableOf(index), k);
    // What a row is for: u c0 + |d| (|c1| + c2 s G), with u ≥ 1/2 and |d| ≤ 1. Each part is right relative to the sum.
    const size = Math.max(values[0], k === 0 ? 1 : 0);
    [c0, c1, c2].forEach((value, part) => {
      const expected = values[part]! * 2 ** (exponent - e);
      const error = Math.abs(value - expected) / Math.max(Math.abs(expected), 2 ** -20 * size * 2 ** (exponent - e));
      expect(error, `part ${part} of k = ${k}: ${value} for ${expected}`).toBeLessThanOrEqual(3 * 2 ** -24 * 2);
    });
  }
});

test.each(alphas.map((alpha, index) => [alpha, index] as const))('the head at α = %d is that of the long table', (alpha, index) => {
  const [short, long] = [tableOf(index), logitTable(alpha)];
  expect([...short.subarray(20, tableHeadLength)]).toEqual([...long.subarray(20, tableHeadLength)]);
  const seriesAt = (table: Float32Array, s: number): number => table.subarray(0, 19).reduceRight((sum, g) => sum * s + g, 0);
  for (const s of [-1 / 3, -0.2, -0.01, 0, 0.1, 0.25, 1 / 3]) {
    expect(Math.abs(seriesAt(short, s) / seriesAt(long, s) - 1)).toBeLessThan((Math.abs(alpha) <= 4 ? 2 : 8) * 2 ** -23);
  }
  expect(short[0]).toBe(alphaTable(alpha)[0]);
});
