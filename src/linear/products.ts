import { largestFloat } from '../engine/certificate.ts';
import { DomainError } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import type { Argument, Operand, Operation, Tolerance } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';

/** Σ |x| of what is summed for an entry of the result. */
type Magnitude = (operands: readonly Operand[], row: number, column: number) => number;

/** Σ |term|. */
export function sumOfSizes(count: number, term: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += Math.abs(term(k));
  return sum;
}

/** What is too small for f32 may be flushed to 0. */
const tiny = 2 ** -104;

/** The tolerance of sums, in which large terms of either sign may leave little: relative to the sum of their magnitudes. */
export function toleranceOfSums(ulps: number, reason: string, magnitudeOf: Magnitude): Tolerance<unknown> {
  return {
    ulps: () => ulps, relativeTo: 'entry', reason: `relative to Σ |x| of what is summed: ${reason}`,
    compare: (operands) => (row, got, expected) => {
      let worst = 0;
      for (let k = 0; k < expected.length; k++) {
        const magnitude = magnitudeOf(operands, row, k);
        if (magnitude > largestFloat) continue; // so may be what is summed on the way
        const error = Math.abs(got[k]! - expected[k]!) / (magnitude + tiny);
        worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
      }
      return worst;
    },
  };
}

/** Sums of f32 in groups of at most 64, of which at most 16 are summed likewise: 36 roundings, which mostly cancel. */
export const toleranceOfProducts = (magnitudeOf: Magnitude): Tolerance<unknown> =>
  toleranceOfSums(18, 'products and short sums in f32, of which long ones are compensated', magnitudeOf);

/** Rows of numbers as they are; logarithms are none. */
export function numbers(name: string, axis: Argument['axis']): Argument {
  return { name, takes: 'any', axis };
}

/** Throws at rows of logarithms. */
export function checkNumbers({ name, arguments: expected }: Pick<Operation<never>, 'name' | 'arguments'>, inputs: readonly Tensor[]): void {
  for (const [index, { form }] of inputs.entries()) {
    if (!isLogits(form)) continue;
    throw new DomainError({
      operation: name, argument: expected[index]!.name, expected: 'rows of numbers', got: `rows of ${form}`,
      remedy: 'Convert the rows with probabilities().',
    });
  }
}
