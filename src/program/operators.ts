import { split } from '../math/scaled.ts';
import {
  binade, digamma, exprel, exprel2, log1p, log1prel, logarithm, logRatio, lowest, sinc, weigh,
} from './functions.ts';
import {
  called, circular, digammaPieces, doubleLogarithm, doublePieces, equal, exponential, infix, less, lessOrEqual,
  selected, signed, weighPieces, written, type Pieces, type ValueType, type WrittenOperator,
} from './wgsl-operators.ts';

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
  /** In WGSL, of numbers in f32 and of conditions; changes of type are none. */
  readonly wgsl?: WrittenOperator;
  /** In WGSL where an operand is a double; others narrow it. */
  readonly ofDoubles?: WrittenOperator;
  /** What it costs, in units of an addition. */
  readonly cost?: number;
}

/** Their names. */
export type Operator =
  | 'add' | 'subtract' | 'multiply' | 'divide' | 'negate' | 'absolute' | 'minimum' | 'maximum' | 'floor'
  | 'less' | 'lessOrEqual' | 'equal' | 'and' | 'or' | 'not' | 'select' | 'sqrt' | 'exp' | 'expm1' | 'log'
  | 'log1p' | 'exprel' | 'exprel2' | 'log1prel' | 'logRatio' | 'sin' | 'cos' | 'sinc' | 'asin' | 'digamma' | 'logDouble'
  | 'lift' | 'narrow' | 'weigh' | 'logOfBinade' | 'binade';

type Evaluate = ScalarOperator['evaluate'];

const single = (): ValueType => 'single';
const double = (): ValueType => 'double';
const condition = (): ValueType => 'condition';
const larger = (x: number, y: number): number => Math.max(Math.abs(x), Math.abs(y));
/** Of sums and products: double where an operand is. */
const widest = (operands: readonly ValueType[]): ValueType => (operands.includes('double') ? 'double' : 'single');
const ofDoubles = (name: string): WrittenOperator => called(name, ['double'], doublePieces);

function arithmetic(
  evaluate: Evaluate, wgsl: WrittenOperator, name: string, rest: Partial<ScalarOperator> = {},
): ScalarOperator {
  return { evaluate, type: widest, ulps: 0.5, ulpsOfDoubles: 2 ** -22, wgsl, ofDoubles: ofDoubles(name), ...rest };
}

/** Without rounding, of numbers in f32. */
const exact = (evaluate: Evaluate, name: string): ScalarOperator =>
  ({ evaluate, type: single, ulps: 0, wgsl: called(name) });

const truth = (evaluate: Evaluate, wgsl: WrittenOperator, twin?: WrittenOperator): ScalarOperator =>
  ({ evaluate, type: condition, ulps: 0, wgsl, ...twin && { ofDoubles: twin } });

/** To 2 ulp. */
const elementary = (evaluate: Evaluate, name: string, cost = 10, pieces: Pieces = exponential): ScalarOperator =>
  ({ evaluate, type: single, ulps: 2, wgsl: called(name, ['single'], pieces), cost });

/**
 * The scalar functions of row programs, each once for the reference and for WGSL (shaders/program); of the vector
 * machine (assembly/program) they are instructions. None gives NaN where its operands are in its domain.
 */
export const operators: Readonly<Record<Operator, ScalarOperator>> = {
  add: arithmetic((x, y) => x + y, infix('+'), 'plus', { scale: larger }),
  subtract: arithmetic((x, y) => x - y, infix('-'), 'minus', { scale: larger }),
  multiply: arithmetic((x, y) => x * y, infix('*'), 'product'),
  /** x/0 is 0: who wants another limit selects it. */
  divide: arithmetic((x, y) => (y === 0 ? 0 : x / y), called('quotient'), 'double_quotient', { ulps: 2.5, cost: 3 }),
  negate: { evaluate: (x) => -x, type: widest, ulps: 0, wgsl: signed((x) => `-${x}`), ofDoubles: ofDoubles('negated') },
  absolute: { evaluate: Math.abs, type: widest, ulps: 0, wgsl: called('abs'), ofDoubles: ofDoubles('magnitude') },
  minimum: exact((x, y) => Math.min(x, y), 'min'),
  maximum: exact((x, y) => Math.max(x, y), 'max'),
  floor: exact(Math.floor, 'floor'),
  less: truth((x, y) => Number(x < y), signed(less), ofDoubles('is_less')),
  lessOrEqual: truth(
    (x, y) => Number(x <= y), signed(lessOrEqual), written((x, y) => `!is_less(${y}, ${x})`, ['double'], doublePieces)),
  equal: truth((x, y) => Number(x === y), signed(equal), ofDoubles('is_equal')),
  and: truth((x, y) => x * y, infix('&&', 'condition')),
  or: truth((x, y) => Math.max(x, y), infix('||', 'condition')),
  not: truth((x) => 1 - x, written((x) => `!${x}`, ['condition'])),
  /** The second operand where the first holds, else the third. */
  select: {
    evaluate: (x, y, z) => (x === 0 ? z : y), type: ([, ...chosen]) => widest(chosen), ulps: 0,
    wgsl: selected('select', 'single'), ofDoubles: selected('chosen', 'double', doublePieces),
  },
  /** 0 of what is below 0. */
  sqrt: elementary((x) => Math.sqrt(Math.max(0, x)), 'sqrt_of', 5),
  exp: elementary(Math.exp, 'exp_accurate', 9),
  expm1: elementary(Math.expm1, 'expm1_accurate', 9),
  log: elementary(logarithm, 'log_of'),
  log1p: elementary(log1p, 'log1p_of'),
  /** (e^x − 1)/x. */
  exprel: elementary(exprel, 'exprel', 12),
  /** (e^x − 1 − x)/x². */
  exprel2: elementary(exprel2, 'exprel2', 12),
  /** log(1 + x)/x. */
  log1prel: elementary(log1prel, 'log1prel', 13),
  /** log(x/y) of positive numbers, with all digits where they are next to each other. */
  logRatio: elementary(logRatio, 'log_of_quotient'),
  sin: elementary(Math.sin, 'sin_of', 25, circular),
  cos: elementary(Math.cos, 'cos_of', 25, circular),
  /** sin(x)/x. */
  sinc: elementary(sinc, 'sinc', 28, circular),
  /** On [−1, 1]. */
  asin: elementary(Math.asin, 'asin_of', 25, circular),
  /** ψ(x) = Γ′(x)/Γ(x) for x ≥ 2⁻¹²⁶. */
  digamma: elementary(digamma, 'digamma', 60, digammaPieces),
  /** The logarithm of a positive number as a double. */
  logDouble: { ...elementary(logarithm, 'log_double_of', 10, doubleLogarithm), type: double, ulps: 2 ** -22 },
  /** A number as a double: sums and products with it are doubles. */
  lift: { evaluate: (x) => x, type: double, ulps: 0 },
  /** A double as one number. */
  narrow: { evaluate: (x) => x, type: single, ulps: 0.5 },
  /** w e^x 2^24 of a weight ≥ 0 and a double, also where w and e^x are beyond f32 and their product is not. */
  weigh: { ...elementary(weigh, '', 9), wgsl: called('weigh', ['single', 'double'], weighPieces) },
  /** The binade of a positive number times log 2: less than log 2 below its logarithm. */
  logOfBinade: { ...exact((x) => (x > 0 ? split(x).exponent * Math.LN2 : lowest), 'log_of_binade_below'), ulps: 1 },
  /** The power of two at or below a positive number. */
  binade: exact(binade, 'binade_of'),
};
