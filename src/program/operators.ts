import { split } from '../math/scaled.ts';
import { binade, digamma, exprel, exprel2, log1p, log1prel, logarithm, logRatio, lowest, sinc, weigh } from './functions.ts';

/** What an operator takes and gives: numbers in f32 on the GPU, numbers as sums of two f32 there, or conditions. The CPU has f64 for both. */
export type ValueType = 'single' | 'double' | 'condition';

export interface ScalarOperator {
  /** In f64. Conditions are 1 and 0. */
  readonly evaluate: (x: number, y: number, z: number) => number;
  /** How the type of the result follows from those of the operands. */
  readonly type: (operands: readonly ValueType[]) => ValueType;
  /** How far f32 on the GPU and the CPU may be from the exact result of exact operands, in units of 2⁻²³ of it. */
  readonly ulps: number;
  /** The same of doubles. */
  readonly ulpsOfDoubles?: number;
  /** What the error is counted in units of, where that is more than the result. */
  readonly scale?: (x: number, y: number) => number;
}

/** Their names. */
export type Operator =
  | 'add' | 'subtract' | 'multiply' | 'divide' | 'negate' | 'absolute' | 'minimum' | 'maximum' | 'floor'
  | 'less' | 'lessOrEqual' | 'equal' | 'and' | 'or' | 'not' | 'select' | 'sqrt' | 'exp' | 'expm1' | 'log'
  | 'log1p' | 'exprel' | 'exprel2' | 'log1prel' | 'logRatio' | 'sin' | 'cos' | 'sinc' | 'asin' | 'digamma' | 'logDouble'
  | 'lift' | 'narrow' | 'weigh' | 'logOfBinade' | 'binade';

const single = (): ValueType => 'single';
const double = (): ValueType => 'double';
const condition = (): ValueType => 'condition';
const larger = (x: number, y: number): number => Math.max(Math.abs(x), Math.abs(y));
/** Of sums and products: double where an operand is. */
const widest = (operands: readonly ValueType[]): ValueType => (operands.includes('double') ? 'double' : 'single');

/**
 * The scalar functions of row programs, each once for the reference here, for WGSL in shaders/program and for the vector
 * machine in assembly/program, where they stand in this order. None gives NaN where its operands are in its domain.
 */
export const operators: Readonly<Record<Operator, ScalarOperator>> = {
  add: { evaluate: (x, y) => x + y, type: widest, ulps: 0.5, ulpsOfDoubles: 2 ** -22, scale: larger },
  subtract: { evaluate: (x, y) => x - y, type: widest, ulps: 0.5, ulpsOfDoubles: 2 ** -22, scale: larger },
  multiply: { evaluate: (x, y) => x * y, type: widest, ulps: 0.5, ulpsOfDoubles: 2 ** -22 },
  /** x/0 is 0: who wants another limit selects it. */
  divide: { evaluate: (x, y) => (y === 0 ? 0 : x / y), type: widest, ulps: 2.5, ulpsOfDoubles: 2 ** -22 },
  negate: { evaluate: (x) => -x, type: widest, ulps: 0 },
  absolute: { evaluate: Math.abs, type: widest, ulps: 0 },
  minimum: { evaluate: (x, y) => Math.min(x, y), type: single, ulps: 0 },
  maximum: { evaluate: (x, y) => Math.max(x, y), type: single, ulps: 0 },
  floor: { evaluate: Math.floor, type: single, ulps: 0 },
  less: { evaluate: (x, y) => Number(x < y), type: condition, ulps: 0 },
  lessOrEqual: { evaluate: (x, y) => Number(x <= y), type: condition, ulps: 0 },
  equal: { evaluate: (x, y) => Number(x === y), type: condition, ulps: 0 },
  and: { evaluate: (x, y) => x * y, type: condition, ulps: 0 },
  or: { evaluate: (x, y) => Math.max(x, y), type: condition, ulps: 0 },
  not: { evaluate: (x) => 1 - x, type: condition, ulps: 0 },
  /** The second operand where the first holds, else the third. */
  select: { evaluate: (x, y, z) => (x === 0 ? z : y), type: ([, ...chosen]) => widest(chosen), ulps: 0 },
  /** To 2 ulp as all that follow; 0 of what is below 0. */
  sqrt: { evaluate: (x) => Math.sqrt(Math.max(0, x)), type: single, ulps: 2 },
  exp: { evaluate: Math.exp, type: single, ulps: 2 },
  expm1: { evaluate: Math.expm1, type: single, ulps: 2 },
  log: { evaluate: logarithm, type: single, ulps: 2 },
  log1p: { evaluate: log1p, type: single, ulps: 2 },
  /** (e^x − 1)/x. */
  exprel: { evaluate: exprel, type: single, ulps: 2 },
  /** (e^x − 1 − x)/x². */
  exprel2: { evaluate: exprel2, type: single, ulps: 2 },
  /** log(1 + x)/x. */
  log1prel: { evaluate: log1prel, type: single, ulps: 2 },
  /** log(x/y) of positive numbers, with all digits where they are next to each other. */
  logRatio: { evaluate: logRatio, type: single, ulps: 2 },
  sin: { evaluate: Math.sin, type: single, ulps: 2 },
  cos: { evaluate: Math.cos, type: single, ulps: 2 },
  /** sin(x)/x. */
  sinc: { evaluate: sinc, type: single, ulps: 2 },
  /** On [−1, 1]. */
  asin: { evaluate: Math.asin, type: single, ulps: 2 },
  /** ψ(x) = Γ′(x)/Γ(x) for x ≥ 2⁻¹²⁶. */
  digamma: { evaluate: digamma, type: single, ulps: 2 },
  /** The logarithm of a positive number as a double. */
  logDouble: { evaluate: logarithm, type: double, ulps: 2 ** -22 },
  /** A number as a double: sums and products with it are doubles. */
  lift: { evaluate: (x) => x, type: double, ulps: 0 },
  /** A double as one number. */
  narrow: { evaluate: (x) => x, type: single, ulps: 0.5 },
  /** w e^x 2^24 of a weight ≥ 0 and a double, also where w and e^x are beyond f32 and their product is not. */
  weigh: { evaluate: weigh, type: single, ulps: 2 },
  /** The binade of a positive number times log 2: less than log 2 below its logarithm. */
  logOfBinade: { evaluate: (x) => (x > 0 ? split(x).exponent * Math.LN2 : lowest), type: single, ulps: 1 },
  /** The power of two at or below a positive number. */
  binade: { evaluate: binade, type: single, ulps: 0 },
};
