import { expect, it } from 'vitest';
import { duration, significant } from '../../host/numbers.ts';

it('writes three significant digits', () => {
  expect([0, 0.012345, 1.2345, 12.345, 123.45, 12345].map(significant)).toEqual([
    '0',
    '0.0123',
    '1.23',
    '12.3',
    '123',
    '12345',
  ]);
  expect([12.34, 1234, 61_000].map(duration)).toEqual(['12.3 ms', '1.23 s', '61.0 s']);
});
