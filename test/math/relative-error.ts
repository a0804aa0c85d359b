export { uniformFrom } from '../../host/uniform.ts';

/** |actual − expected|/|expected|; 0 for equal values (∞ too), the absolute error at 0, ∞ for NaN. */
export function relativeError(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const error = Math.abs(actual - expected) / (expected === 0 ? 1 : Math.abs(expected));
  return Number.isNaN(error) ? Infinity : error;
}

/** |actual − expected| in units of the last place of a 24-bit significand at the expected value. */
export function ulpsOfFloat32(actual: number, expected: number): number {
  if (actual === expected) return 0;
  return Math.abs(actual - expected) / 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 23);
}
