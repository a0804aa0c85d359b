import { largestFloat } from '../engine/certificate.ts';
import { DomainError } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import { finish, type Argument, type Operand, type Operation, type RowWriter } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';

/** Writes sums of what `of` makes of their terms: the terms, or their sizes. */
type Sum<Parameters> = (operands: readonly Operand[], parameters: Parameters, of: (term: number) => number) => RowWriter;

/** What is too small for f32 may be flushed to 0. */
const tiny = 2 ** -104;

/** The reference of sums, and their tolerance: relative to the sum of the sizes of the terms, for large ones of either sign may leave little. */
export function ofSums<P>(ulps: number, reason: string, sum: Sum<P>): Pick<Operation<P>, 'reference' | 'tolerance'> {
  return {
    reference: (operands, parameters) => sum(operands, parameters, (x) => x),
    tolerance: {
      ulps: () => ulps, relativeTo: 'entry', reason: `relative to Σ |term|: ${reason}`,
      compare(operands, parameters) {
        const write = sum(operands, parameters, Math.abs);
        return (row, got, expected) => {
          const sizes = new Float64Array(expected.length);
          finish(write(row, sizes));
          return sizes.reduce((worst, size, k) => Math.max(worst, errorOf(got[k]!, expected[k]!, size)), 0);
        };
      },
    },
  };
}

/** Where sizes leave f32, so may what is summed on the way. */
function errorOf(got: number, expected: number, size: number): number {
  if (size > largestFloat) return 0;
  const error = Math.abs(got - expected) / (size + tiny);
  return Number.isNaN(error) ? Infinity : error;
}

/** Sums of f32 in groups of at most 64, of which at most 16 are summed likewise: 36 roundings, which mostly cancel. */
export const ofProducts = <P>(sum: Sum<P>): Pick<Operation<P>, 'reference' | 'tolerance'> =>
  ofSums(18, 'products and short sums are in f32, long sums compensated', sum);

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
