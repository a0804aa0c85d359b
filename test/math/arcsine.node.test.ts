import { expect, test } from 'vitest';
import { arcsinePiece } from '../../src/math/arcsine.ts';
import { relativeError } from './relative-error.ts';

/** The polynomial of the WGSL, its coefficients from the highest power down. */
const coefficients = arcsinePiece.source
  .split('\n')
  .filter((line) => line.includes('fma('))
  .flatMap((line) => [...line.matchAll(/-?\d+\.\d+/g)].map(([number]) => Math.fround(Number(number))));

test('the polynomial is asin(√z)/√z to 2⁻²⁷ on [0, ½]', () => {
  expect(coefficients.length).toBe(9);
  let worst = 0;
  for (let step = 1; step <= 4096; step++) {
    const z = step / 8192;
    const polynomial = coefficients.reduce((value, coefficient) => value * z + coefficient, 0);
    worst = Math.max(worst, relativeError(polynomial, Math.asin(Math.sqrt(z)) / Math.sqrt(z)));
  }
  expect(worst).toBeLessThan(2 ** -27);
  expect(coefficients.at(-1)).toBe(1);
});
