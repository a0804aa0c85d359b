/** The relative error of a result; an exact zero or infinity has to be met. */
export function relativeError(got: number, expected: number): number {
  if (got === expected) return 0;
  const error = Math.abs(got - expected) / Math.abs(expected);
  return Number.isNaN(error) ? Infinity : error;
}
