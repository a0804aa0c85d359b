import { digamma, exprel, log1prel, sinc } from './functions.ts';

/** What an operator takes and gives: numbers in f32 on the GPU, numbers as sums of two f32 there, or conditions. The CPU has f64 for both. */
export type ValueType = 'single' | 'double' | 'condition';

export interface ScalarOperator {
  /** In f64. Conditions are 1 and 0. */
  readonly evaluate: (x: number, y: number, z: number) => number;
  /** How the type of the result follows from those of the operands. */
  readonly type: (operands: readonly ValueType[]) => ValueType;
}

/** Their names. */
export type Operator =
  | 'add' | 'subtract' | 'multiply' | 'divide' | 'negate' | 'absolute' | 'minimum' | 'maximum' | 'floor'
  | 'less' | 'lessOrEqual' | 'equal' | 'and' | 'or' | 'not' | 'select' | 'sqrt' | 'exp' | 'expm1' | 'log'
  | 'log1p' | 'exprel' | 'log1prel' | 'logRatio' | 'sin' | 'cos' | 'sinc' | 'asin' | 'digamma' | 'logDouble'
  | 'lift' | 'narrow' | 'weigh' | 'logOfBinade';

/** The lowest number of f32, which is log 0: times 0 it is 0 in every place. */
export const lowest = -3.4028234663852886e38;

const single = (): ValueType => 'single';
const double = (): ValueType => 'double';
const condition = (): ValueType => 'condition';
/** Of sums and products: double where an operand is. */
const widest = (operands: readonly ValueType[]): ValueType => (operands.includes('double') ? 'double' : 'single');

/**
 * The scalar functions of row programs, each once for the reference here, for WGSL in shaders/program and for the vector
 * machine in assembly/program, where they stand in this order. None gives NaN where its operands are in its domain.
 */
export const operators: Readonly<Record<Operator, ScalarOperator>> = {
  add: { evaluate: (x, y) => x + y, type: widest },
  subtract: { evaluate: (x, y) => x - y, type: widest },
  multiply: { evaluate: (x, y) => x * y, type: widest },
  /** x/0 is 0: who wants another limit selects it. */
  divide: { evaluate: (x, y) => (y === 0 ? 0 : x / y), type: widest },
  negate: { evaluate: (x) => -x, type: widest },
  absolute: { evaluate: Math.abs, type: widest },
  minimum: { evaluate: Math.min, type: single },
  maximum: { evaluate: Math.max, type: single },
  floor: { evaluate: Math.floor, type: single },
  less: { evaluate: (x, y) => Number(x < y), type: condition },
  lessOrEqual: { evaluate: (x, y) => Number(x <= y), type: condition },
  equal: { evaluate: (x, y) => Number(x === y), type: condition },
  and: { evaluate: (x, y) => x * y, type: condition },
  or: { evaluate: Math.max, type: condition },
  not: { evaluate: (x) => 1 - x, type: condition },
  /** The second operand where the first holds, else the third. */
  select: { evaluate: (x, y, z) => (x === 0 ? z : y), type: ([, ...chosen]) => widest(chosen) },
  /** To 2 ulp as all that follow; 0 of what is below 0. */
  sqrt: { evaluate: (x) => Math.sqrt(Math.max(0, x)), type: single },
  exp: { evaluate: Math.exp, type: single },
  expm1: { evaluate: Math.expm1, type: single },
  log: { evaluate: (x) => (x > 0 ? Math.log(x) : lowest), type: single },
  log1p: { evaluate: (x) => (x > -1 ? Math.log1p(x) : lowest), type: single },
  /** (e^x − 1)/x. */
  exprel: { evaluate: exprel, type: single },
  /** log(1 + x)/x. */
  log1prel: { evaluate: log1prel, type: single },
  /** log(x/y) of positive numbers, with all digits where they are next to each other. */
  logRatio: { evaluate: (x, y) => Math.abs(x - y) < 0.5 * y ? Math.log1p((x - y) / y) : Math.log(x) - Math.log(y), type: single },
  sin: { evaluate: Math.sin, type: single },
  cos: { evaluate: Math.cos, type: single },
  /** sin(x)/x. */
  sinc: { evaluate: sinc, type: single },
  /** On [−1, 1]. */
  asin: { evaluate: Math.asin, type: single },
  /** ψ(x) = Γ′(x)/Γ(x) for x > 0. */
  digamma: { evaluate: digamma, type: single },
  /** The logarithm of a positive number as a double, to 2⁻⁴⁷. */
  logDouble: { evaluate: (x) => (x > 0 ? Math.log(x) : lowest), type: double },
  /** A number as a double: sums and products with it are doubles. */
  lift: { evaluate: (x) => x, type: double },
  /** A double as one number. */
  narrow: { evaluate: (x) => x, type: single },
  /** w e^x 2^24 of a weight ≥ 0 and a double, also where w and e^x are beyond f32 and their product is not. */
  weigh: { evaluate: (w, x) => (w > 0 ? Math.exp(Math.log(w) + x) * 2 ** 24 : 0), type: single },
  /** The binade of a positive number times log 2: less than log 2 below its logarithm. */
  logOfBinade: { evaluate: (x) => (x > 0 ? Math.floor(Math.log2(x)) * Math.LN2 : lowest), type: single },
};
