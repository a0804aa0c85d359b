import argmaxSource from '../../shaders/program/argmax.wgsl?raw';
import circularSource from '../../shaders/program/circular.wgsl?raw';
import digammaSource from '../../shaders/program/digamma.wgsl?raw';
import doubleLogarithmSource from '../../shaders/program/double-logarithm.wgsl?raw';
import doublesSource from '../../shaders/program/doubles.wgsl?raw';
import logarithmsSource from '../../shaders/program/logarithms.wgsl?raw';
import valuesSource from '../../shaders/program/values.wgsl?raw';
import weighSource from '../../shaders/program/weigh.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { arcsinePiece } from '../math/arcsine.ts';
import { doubleSinglePiece } from '../math/double-single.ts';
import { elementaryPiece } from '../math/elementary.ts';
import { logDoublePiece } from '../math/log-double.ts';
import { scaledPiece } from '../math/scaled.ts';
import { sumPiece } from '../math/sum.ts';
import type { Operator, ValueType } from './operators.ts';

/** How an operator reads in WGSL, and the pieces that its functions are in. */
export interface WrittenOperator {
  readonly write: (...operands: string[]) => string;
  readonly takes: (operand: number) => ValueType;
  readonly pieces: readonly Piece[];
  readonly isInfix?: true;
}

type Pieces = readonly Piece[];

const piece = (name: string, source: string): Piece => ({ name: `program/${name}.wgsl`, source });

/** What every program is joined with. */
export const basicPieces: Pieces = [scaledPiece, sumPiece, piece('values', valuesSource)];
export const doublePieces: Pieces = [doubleSinglePiece, piece('doubles', doublesSource)];
export const argmaxPieces: Pieces = [...doublePieces, piece('argmax', argmaxSource)];
const exponential: Pieces = [elementaryPiece, piece('logarithms', logarithmsSource)];
const circular: Pieces = [...doublePieces, elementaryPiece, arcsinePiece, piece('circular', circularSource)];
const doubleLogarithm: Pieces = [...doublePieces, logDoublePiece, piece('double-logarithm', doubleLogarithmSource)];

type Types = readonly ValueType[];

/** An operator that takes these types, the last of them from there on. */
function written(write: WrittenOperator['write'], types: Types, pieces: Pieces = []): WrittenOperator {
  return { write, takes: (operand) => types[operand] ?? types.at(-1)!, pieces };
}

const signed = (write: WrittenOperator['write'], type: ValueType = 'single'): WrittenOperator =>
  ({ ...written(write, [type]), isInfix: true });
const infix = (sign: string, type?: ValueType): WrittenOperator => signed((x, y) => `${x} ${sign} ${y}`, type);
const called = (name: string, types: Types, pieces?: Pieces): WrittenOperator =>
  written((...operands) => `${name}(${operands.join(', ')})`, types, pieces);
const single = (name: string, pieces?: Pieces): WrittenOperator => called(name, ['single'], pieces);
const double = (name: string): WrittenOperator => called(name, ['double'], doublePieces);
const selected = (name: string, type: ValueType, pieces?: Pieces): WrittenOperator =>
  written((condition, x, y) => `${name}(${y}, ${x}, ${condition})`, ['condition', type], pieces);

/** A comparison with 0 goes by bits: a subnormal number is not 0. */
function less(x: string, y: string): string {
  if (x === '0.0') return `is_positive(${y})`;
  return y === '0.0' ? `is_negative(${x})` : `${x} < ${y}`;
}

function lessOrEqual(x: string, y: string): string {
  return x === '0.0' || y === '0.0' ? `!${less(y, x)}` : `${x} <= ${y}`;
}

function equal(x: string, y: string): string {
  if (x === '0.0') return `is_zero(${y})`;
  return y === '0.0' ? `is_zero(${x})` : `${x} == ${y}`;
}

/** Of numbers in f32, and of conditions. */
export const ofSingles: Readonly<Record<Exclude<Operator, 'lift' | 'narrow'>, WrittenOperator>> = {
  add: infix('+'), subtract: infix('-'), multiply: infix('*'), divide: single('quotient'),
  negate: signed((x) => `-${x}`), absolute: single('abs'), minimum: single('min'), maximum: single('max'),
  floor: single('floor'),
  less: signed(less), lessOrEqual: signed(lessOrEqual), equal: signed(equal),
  and: infix('&&', 'condition'), or: infix('||', 'condition'), not: written((x) => `!${x}`, ['condition']),
  select: selected('select', 'single'),
  sqrt: single('sqrt_of', exponential), exp: single('exp_accurate', exponential),
  expm1: single('expm1_accurate', exponential), log: single('log_of', exponential),
  log1p: single('log1p_of', exponential), exprel: single('exprel', exponential),
  exprel2: single('exprel2', exponential), log1prel: single('log1prel', exponential), logRatio: single('log_of_quotient', exponential),
  sin: single('sin_of', circular), cos: single('cos_of', circular), sinc: single('sinc', circular),
  asin: single('asin_of', circular),
  digamma: single('digamma', [...doublePieces, ...exponential, piece('digamma', digammaSource)]),
  logDouble: single('log_double_of', doubleLogarithm),
  weigh: called('weigh', ['single', 'double'], [...doublePieces, elementaryPiece, piece('weigh', weighSource)]),
  logOfBinade: single('log_of_binade_below'), binade: single('binade_of'),
};

/** Where an operand is a double. Other operators narrow it. */
export const ofDoubles: Partial<Readonly<Record<Operator, WrittenOperator>>> = {
  add: double('plus'), subtract: double('minus'), multiply: double('product'), divide: double('double_quotient'),
  negate: double('negated'), absolute: double('magnitude'), less: double('is_less'), equal: double('is_equal'),
  lessOrEqual: written((x, y) => `!is_less(${y}, ${x})`, ['double'], doublePieces),
  select: selected('chosen', 'double', doublePieces),
};
