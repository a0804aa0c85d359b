import { expect, test } from 'vitest';
import { operators, type Operator, type ValueType } from '../../src/program/operators.ts';
import file from './truth.json';

/** A scalar function at many places, as 140 digits have it: see truth.py, which writes the file. */
interface Truth {
  readonly operator: Operator;
  readonly types: readonly ValueType[];
  /** The numbers of each operand. */
  readonly operands: readonly (readonly number[])[];
  readonly values: readonly number[];
}

const truths = (file as readonly Truth[]).map((truth): Truth => ({ ...truth, operands: truth.operands.map((of, at) => (truth.types[at] === 'single' ? of.map(Math.fround) : of)) }));

/** The greatest of the errors, and where it is. */
function worst({ operands, values }: Truth, errorOf: (at: number) => number): { readonly error: number; readonly at: readonly number[]; readonly value: number } {
  const errors = values.map((_, at) => errorOf(at));
  const at = errors.reduce((most, error, index) => (error <= errors[most]! ? most : index), 0);
  return { error: errors[at]!, at: operands.map((of) => of[at]!), value: values[at]! };
}

test.each(truths)('the reference has 13 digits of $operator of $types', (truth) => {
  const { evaluate } = operators[truth.operator];
  const found = worst(truth, (at) => {
    const [x = 0, y = 0] = truth.operands.map((of) => of[at]!);
    const value = truth.values[at]!;
    return value === 0 ? Math.abs(evaluate(x, y, 0)) : Math.abs(evaluate(x, y, 0) / value - 1);
  });
  expect(found.error, JSON.stringify(found)).toBeLessThan(1e-13);
});
