import { splitDouble } from '../../src/math/double-single.ts';
import { operators, type Operator } from '../../src/program/operators.ts';
import type { ValueType } from '../../src/program/wgsl-operators.ts';
import { uniformFrom } from '../../host/uniform.ts';
import file from './truth.json';

/** A scalar function at many places. */
export interface Truth {
  readonly operator: Operator;
  readonly types: readonly ValueType[];
  /** The numbers of each operand. */
  readonly operands: readonly (readonly number[])[];
  readonly values: readonly number[];
}

/** As 140 digits have it: see truth.py, which writes the file. */
export const truths: readonly Truth[] = (file as readonly Truth[]).map((truth) =>
  ({ ...truth, operands: truth.operands.map((of, at) => of.map((x) => rounded(x, truth.types[at]!))) }));

function rounded(x: number, type: ValueType): number {
  const { high, low } = splitDouble(x);
  return type === 'double' ? high + low : high;
}

/** The places and a hundred around each, where the reference is the truth; operands that are next to each other stay so. */
export function withMore({ operator, types, operands, values }: Truth): Truth {
  const uniform = uniformFrom(values.length);
  const ends = operands.map((of) => [Math.min(...of), Math.max(...of)] as const);
  const places = values.flatMap((_, at) => Array.from({ length: 101 }, (__, more) => {
    const factor = more === 0 ? 1 : 1 + (uniform() - 0.5) * 2 ** (-24 * uniform());
    return operands.map((of, operand) => {
      const [least, most] = ends[operand]!;
      return Math.min(most, Math.max(least, rounded(of[at]! * factor, types[operand]!)));
    });
  }));
  const valueAt = ([x = 0, y = 0]: readonly number[]): number => operators[operator].evaluate(x, y, 0);
  const kept = places.filter((place) => Math.abs(valueAt(place)) < 3.4e38);
  const columns = operands.map((_, operand) => kept.map((place) => place[operand]!));
  return { operator, types, operands: columns, values: kept.map(valueAt) };
}
