import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CompensatedSum, sumOf } from '../../src/math/sum.ts';

test('keeps what a plain sum loses', () => {
  expect(sumOf([1, 1e100, 1, -1e100])).toBe(2);
  expect(sumOf(new Float64Array(1e5).fill(0.1))).toBe(1e4);
});

test('a sum of integers scaled by a power of two is exact in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 200 }), (integers) => {
      const exact = Number(integers.reduce((total, n) => total + BigInt(n), 0n)) * 2 ** -40;
      expect(sumOf(integers.map((n) => n * 2 ** -40))).toBe(exact);
    }),
  );
});

test('infinities behave as in plain addition', () => {
  expect(sumOf([1, Infinity, 2])).toBe(Infinity);
  expect(sumOf([1, -Infinity, 2])).toBe(-Infinity);
  expect(sumOf([Infinity, -Infinity])).toBeNaN();
  expect(sumOf([1e308, 1e308, 1])).toBe(Infinity);
  expect(sumOf([])).toBe(0);
});

test('the value may be read between additions', () => {
  const sum = new CompensatedSum();
  sum.add(1e16);
  sum.add(1);
  expect(sum.value).toBe(1e16 + 1);
  sum.add(1);
  expect(sum.value).toBe(1e16 + 2);
});
