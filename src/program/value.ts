import { DomainError, shown } from '../engine/errors.ts';
import { operators, type Operator } from './operators.ts';
import type { ValueType } from './wgsl-operators.ts';

/** What a value is one of for each row of the batch: a number of the row, or a number for each entry of it. */
export type Per = 'row' | 'entry';

/** What is made of all entries of a row. */
export type Reduction = 'sum' | 'max' | 'argmax';

/** How a value comes about; operands are values of the same trace. */
export type Node =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: 'argument'; readonly name: string }
  | { readonly kind: 'index' | 'outcomes' | 'step' }
  | { readonly kind: 'apply'; readonly operator: Operator }
  | { readonly kind: 'reduce'; readonly reduction: Reduction }
  /** The entry of an argument at an index that is a number of the row. */
  | { readonly kind: 'at' }
  /** A result that is infinite under a condition; nothing is computed with it. */
  | { readonly kind: 'infinite' };

/**
 * A number of a row, or of each entry of a row, while a program is traced: what is done to it is noted, not computed.
 * Operations with a number are operations with that number for all rows.
 */
export class Value {
  readonly node: Node;
  readonly operands: readonly Value[];
  readonly per: Per;
  readonly type: ValueType;
  /** What it is called where the program is printed. */
  name: string | undefined;

  constructor(node: Node, operands: readonly Value[], per: Per, type: ValueType = 'single') {
    this.node = node;
    this.operands = operands;
    this.per = per;
    this.type = type;
  }

  /** Names the value in what is printed of the program. */
  as(name: string): this {
    this.name = name;
    return this;
  }

  plus(y: Value | number): Value { return applied('add', this, y); }
  minus(y: Value | number): Value { return applied('subtract', this, y); }
  times(y: Value | number): Value { return applied('multiply', this, y); }
  /** The quotient; 0 where y is 0. */
  over(y: Value | number): Value { return applied('divide', this, y); }
  negated(): Value { return applied('negate', this); }
  absolute(): Value { return applied('absolute', this); }
  squared(): Value { return this.times(this); }
  /** The smaller of both. */
  atMost(y: Value | number): Value { return applied('minimum', this, y); }
  /** The larger of both. */
  atLeast(y: Value | number): Value { return applied('maximum', this, y); }
  floor(): Value { return applied('floor', this); }

  isLess(y: Value | number): Value { return applied('less', this, y); }
  isAtMost(y: Value | number): Value { return applied('lessOrEqual', this, y); }
  isGreater(y: Value | number): Value { return applied('less', valueOf(y), this); }
  equals(y: Value | number): Value { return applied('equal', this, y); }
  and(y: Value): Value { return applied('and', this, y); }
  or(y: Value): Value { return applied('or', this, y); }
  not(): Value { return applied('not', this); }
  /** Of a condition: x where it holds, y where not. */
  select(x: Value | number, y: Value | number): Value { return applied('select', this, x, y); }

  sqrt(): Value { return applied('sqrt', this); }
  exp(): Value { return applied('exp', this); }
  expm1(): Value { return applied('expm1', this); }
  /** The natural logarithm; of 0 the lowest number of f32, so that 0 log 0 is 0. */
  log(): Value { return applied('log', this); }
  log1p(): Value { return applied('log1p', this); }
  /** (e^x − 1)/x. */
  exprel(): Value { return applied('exprel', this); }
  /** (e^x − 1 − x)/x². */
  exprel2(): Value { return applied('exprel2', this); }
  /** log(1 + x)/x. */
  log1prel(): Value { return applied('log1prel', this); }
  /** log(x/y) of positive numbers, right also where they are next to each other. */
  logRatio(y: Value | number): Value { return applied('logRatio', this, y); }
  sin(): Value { return applied('sin', this); }
  cos(): Value { return applied('cos', this); }
  /** sin(x)/x. */
  sinc(): Value { return applied('sinc', this); }
  asin(): Value { return applied('asin', this); }
  /** ψ(x) = Γ′(x)/Γ(x) of a positive number. */
  digamma(): Value { return applied('digamma', this); }

  /** The same number as a sum of two f32 on the GPU: sums and products with it keep 48 bits. */
  double(): Value { return this.type === 'double' ? this : applied('lift', this); }
  single(): Value { return this.type === 'double' ? applied('narrow', this) : this; }
  logDouble(): Value { return applied('logDouble', this); }
  /** w e^x 2^24 of a weight w. */
  weigh(x: Value): Value { return applied('weigh', this, x.double()); }
  logOfBinade(): Value { return applied('logOfBinade', this); }
  /** The power of two at or below a positive number. */
  binade(): Value { return applied('binade', this); }

  /** Σ over the entries of the row, compensated; of a condition, how many it holds for. */
  sum(): Value { return reduced('sum', this.type === 'condition' ? this.select(1, 0) : this); }
  count(): Value { return this.sum(); }
  /** The greatest entry of the row. */
  max(): Value { return reduced('max', this); }
  /** Where it is, the first of them. */
  argmax(): Value { return reduced('argmax', this); }
  /** The entry of an argument at an index, which is a number of the row. */
  at(index: Value): Value {
    if (this.node.kind !== 'argument' || this.per !== 'entry') throw wrong('at', 'an argument with entries', this);
    const isIndex = index.per === 'row' && index.type !== 'condition';
    if (!isIndex) throw wrong('at', 'an index that is a number of the row', index);
    return new Value({ kind: 'at' }, [this, index], 'row', this.type);
  }
  /** A result that is infinite, with its own sign, where the condition holds. */
  infiniteWhere(condition: Value): Value {
    if (condition.type !== 'condition') throw wrong('infiniteWhere', 'a condition', condition);
    const isOfEntries = condition.per === 'entry' && this.per === 'row';
    if (isOfEntries) throw wrong('infiniteWhere', 'a condition of the row', condition);
    return new Value({ kind: 'infinite' }, [this.single(), condition], this.per);
  }
}

/** The place of an entry in its row, from 0. */
export const entryIndex = (): Value => new Value({ kind: 'index' }, [], 'entry');
/** The number of the step in a loop, from 0. */
export const stepIndex = (): Value => new Value({ kind: 'step' }, [], 'row');
/** How many entries the row has. */
export const outcomes = (): Value => new Value({ kind: 'outcomes' }, [], 'row');

export function valueOf(x: Value | number, operator = 'operand'): Value {
  if (x instanceof Value) return x;
  if (typeof x === 'number' && Number.isFinite(x)) return new Value({ kind: 'constant', value: x }, [], 'row');
  throw new DomainError({
    operation: untraced, argument: operator, expected: 'a value of the program, or a finite number', got: shown(x),
    remedy: 'Compute with what the program is given.',
  });
}

function applied(operator: Operator, ...given: (Value | number)[]): Value {
  const operands = given.map((x) => valueOf(x, operator));
  const per = operands.some((operand) => operand.per === 'entry') ? 'entry' : 'row';
  const { wgsl, type: typeOf } = operators[operator];
  operands.forEach((operand, at) => {
    const isDue = wgsl?.takes(at) === 'condition';
    if ((operand.type === 'condition') !== isDue) throw wrong(operator, isDue ? 'a condition' : 'a number', operand);
  });
  return new Value({ kind: 'apply', operator }, operands, per, typeOf(operands.map(({ type }) => type)));
}

function reduced(reduction: Reduction, of: Value): Value {
  if (of.per === 'row' || of.type === 'condition') throw wrong(reduction, 'a number of each entry', of);
  return new Value({ kind: 'reduce', reduction }, [of], 'row', reduction === 'argmax' ? 'single' : of.type);
}

/** What errors name until it is known which program makes the mistake. */
export const untraced = 'row program';

function wrong(operator: string, expected: string, got: Value): DomainError {
  const { node, name = 'name' in node ? node.name : operator } = got;
  return new DomainError({
    operation: untraced, argument: name, expected: `${expected} for ${operator}`,
    got: `a ${got.type === 'condition' ? 'condition' : 'number'} of each ${got.per}`, remedy: 'Mend the program.',
  });
}
