import { expect, test } from 'vitest';
import { weights } from '../../src/math/alpha-family.ts';
import { alphaTable } from '../../src/math/alpha-table.ts';
import { logitTable } from '../../src/math/logit-table.ts';

test.each([-15, -3, -1 - 1e-12, -1, -0.3, 0, 0.1, 1 - 1e-12, 1, 2.7, 15])('a and b at α = %d are known to 48 bits', (alpha) => {
  const { a, b } = weights(alpha);
  const table = logitTable(alpha);
  for (const [exact, high, low] of [[a, table[22]!, table[24]!], [b, table[23]!, table[25]!]] as const) {
    expect(high).toBe(Math.fround(exact));
    expect(Math.abs(high + low - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -48);
  }
});

test('the low parts are what is missing where a and b are no f32', () => {
  const table = logitTable(0.1);
  expect(table[24]).not.toBe(0);
  expect(table[25]).not.toBe(0);
  expect([...logitTable(0.5).subarray(24, 26)]).toEqual([0, 0]);
});

test('all else is the table of the terms', () => {
  const table = logitTable(0.1);
  table.fill(0, 24, 26);
  expect(table).toEqual(alphaTable(0.1));
});
