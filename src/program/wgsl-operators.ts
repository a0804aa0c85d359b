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

/** A number in f32 on the GPU, a number as a sum of two f32 there, or a condition. The CPU has f64 for both. */
export type ValueType = 'single' | 'double' | 'condition';

/** How an operator reads in WGSL, and the pieces that its functions are in. */
export interface WrittenOperator {
  readonly write: (...operands: string[]) => string;
  readonly takes: (operand: number) => ValueType;
  readonly pieces: Pieces;
  readonly isInfix?: true;
}

export type Pieces = readonly Piece[];

const piece = (name: string, source: string): Piece => ({ name: `program/${name}.wgsl`, source });

/** What every program is joined with. */
export const basicPieces: Pieces = [scaledPiece, sumPiece, piece('values', valuesSource)];
export const doublePieces: Pieces = [doubleSinglePiece, piece('doubles', doublesSource)];
export const argmaxPieces: Pieces = [...doublePieces, piece('argmax', argmaxSource)];
export const exponential: Pieces = [elementaryPiece, piece('logarithms', logarithmsSource)];
export const circular: Pieces = [...doublePieces, elementaryPiece, arcsinePiece, piece('circular', circularSource)];
export const digammaPieces: Pieces = [...doublePieces, ...exponential, piece('digamma', digammaSource)];
export const doubleLogarithm: Pieces = [...doublePieces, logDoublePiece, piece('double-logarithm', doubleLogarithmSource)];
export const weighPieces: Pieces = [...doublePieces, elementaryPiece, piece('weigh', weighSource)];

/** An operator that takes these types, the last of them from there on. */
export function written(
  write: WrittenOperator['write'], types: readonly ValueType[], pieces: Pieces = [],
): WrittenOperator {
  return { write, takes: (operand) => types[operand] ?? types.at(-1)!, pieces };
}

export function signed(write: WrittenOperator['write'], type: ValueType = 'single'): WrittenOperator {
  return { ...written(write, [type]), isInfix: true };
}

export function infix(sign: string, type?: ValueType): WrittenOperator {
  return signed((x, y) => `${x} ${sign} ${y}`, type);
}

export function called(name: string, types: readonly ValueType[] = ['single'], pieces?: Pieces): WrittenOperator {
  return written((...operands) => `${name}(${operands.join(', ')})`, types, pieces);
}

export function selected(name: string, type: ValueType, pieces?: Pieces): WrittenOperator {
  return written((condition, x, y) => `${name}(${y}, ${x}, ${condition})`, ['condition', type], pieces);
}

/** A comparison with 0 goes by bits: a subnormal number is not 0. */
export function less(x: string, y: string): string {
  if (x === '0.0') return `is_positive(${y})`;
  return y === '0.0' ? `is_negative(${x})` : `${x} < ${y}`;
}

export function lessOrEqual(x: string, y: string): string {
  return x === '0.0' || y === '0.0' ? `!${less(y, x)}` : `${x} <= ${y}`;
}

export function equal(x: string, y: string): string {
  if (x === '0.0') return `is_zero(${y})`;
  return y === '0.0' ? `is_zero(${x})` : `${x} == ${y}`;
}
