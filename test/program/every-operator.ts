import { operators, type Operator } from '../../src/program/operators.ts';
import { defineRows, type RowOperation } from '../../src/program/rows.ts';
import { Value } from '../../src/program/value.ts';

const arity: Partial<Record<Operator, number>> = {
  add: 2,
  subtract: 2,
  multiply: 2,
  divide: 2,
  minimum: 2,
  maximum: 2,
  less: 2,
  lessOrEqual: 2,
  equal: 2,
  logRatio: 2,
};

/** Of x and a condition, every operator in turn, of f32 and of doubles; their sum, maximum and argmax. */
function all(x: Value): Value[] {
  const applied = (operator: Operator, of: Value): Value => {
    const operands = Array.from({ length: arity[operator] ?? 1 }, () => of);
    return new Value(
      { kind: 'apply', operator },
      operands,
      of.per,
      operators[operator].type(operands.map(({ type }) => type)),
    );
  };
  const condition = x.isLess(2).and(x.isAtMost(1).or(x.equals(1).not()));
  const others: readonly Operator[] = ['and', 'or', 'not', 'select', 'lift', 'weigh', 'narrow'];
  const names = (Object.keys(operators) as Operator[]).filter((name) => !others.includes(name));
  const values = [x, x.double()].flatMap((of) => [
    ...names.map((name) => applied(name, of)),
    condition.select(of, 1),
    x.weigh(of.double()),
  ]);
  const numbers = values.map((value) => (value.type === 'condition' ? value.select(1, 0) : value));
  return numbers.flatMap((value) => [value.sum().single(), value.max().single(), value.argmax()]);
}

/** A program with all that row programs have, to see that it compiles. */
export const everyOperator: RowOperation<object> = defineRows({
  name: 'everyOperator',
  formula: 'Σ all of them',
  source: 'this test',
  arguments: [{ name: 'x', takes: 'values' }],
  tolerance: { ulps: () => 2, relativeTo: 'entry', reason: 'it is only compiled' },
  program: ({ x }) =>
    all(x!)
      .reduce((sum, value) => sum.plus(value))
      .infiniteWhere(x!.max().isLess(0)),
});
