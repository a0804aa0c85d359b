import aloneSource from '../../shaders/divergences/gradient-alone.wgsl?raw';
import logitsSource from '../../shaders/divergences/gradient-logits.wgsl?raw';
import slopesSource from '../../shaders/divergences/gradient-slopes.wgsl?raw';
import valueLogitsSource from '../../shaders/divergences/gradient-value-logits.wgsl?raw';
import valueWeightsSource from '../../shaders/divergences/gradient-value-weights.wgsl?raw';
import valueSource from '../../shaders/divergences/gradient-value.wgsl?raw';
import weightsSource from '../../shaders/divergences/gradient-weights.wgsl?raw';
import gradientSource from '../../shaders/divergences/gradient.wgsl?raw';
import unitSlopeSource from '../../shaders/divergences/unit-slope.wgsl?raw';
import logitPairSource from '../../shaders/divergences/logit-pair.wgsl?raw';
import deformedLogSource from '../../shaders/math/deformed-log-double.wgsl?raw';
import pairLogSource from '../../shaders/math/pair-log.wgsl?raw';
import { isLogits } from '../engine/forms.ts';
import type { Dispatch, Kernel, Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { weights } from '../math/alpha-family.ts';
import { doubleSinglePiece, splitDouble } from '../math/double-single.ts';
import { pairPiece } from '../math/pair.ts';
import { commonPieces } from '../math/pieces.ts';
import { logitTableOf } from './alpha-logits.ts';
import { alphaPieces, alphaPiecesOfLogits, tableOf, type AlphaMember } from './alpha-member.ts';

/** Which of the two rows a gradient is taken in. */
export type Side = 'p' | 'q';

/** A gradient as the kernel sees it; the parameters are those of the member. */
export interface MemberGradient {
  readonly member: AlphaMember<object>;
  readonly parameters: object;
  readonly of: Side;
}

const piece = (name: string, source: string): Piece => ({ name: `divergences/${name}.wgsl`, source });
const logs: readonly Piece[] = [{ name: 'math/pair-log.wgsl', source: pairLogSource }, { name: 'math/deformed-log-double.wgsl', source: deformedLogSource }];
const sweeps: Readonly<Record<'weights' | 'logits', Piece>> = {
  weights: piece('gradient-weights', weightsSource), logits: piece('gradient-logits', logitsSource),
};
const alone: Readonly<Record<'weights' | 'logits', readonly Piece[]>> = {
  weights: [...commonPieces, doubleSinglePiece, pairPiece, piece('gradient-alone', aloneSource)],
  logits: [...commonPieces, doubleSinglePiece, pairPiece, piece('logit-pair', logitPairSource), piece('gradient-alone', aloneSource)],
};
const slopesPiece = piece('gradient-slopes', slopesSource);
const gradientPiece = piece('gradient', gradientSource);
const values: Readonly<Record<'weights' | 'logits', readonly Piece[]>> = {
  weights: [piece('gradient-value-weights', valueWeightsSource), piece('gradient-value', valueSource)],
  logits: [piece('gradient-value-logits', valueLogitsSource), piece('gradient-value', valueSource)],
};
const unitSlope = piece('unit-slope', unitSlopeSource);

/** c in T_c: the exponent of the other row in D_α. */
export function exponentOf(alpha: number, of: Side): number {
  const { a, b } = weights(alpha);
  return of === 'p' ? a : b;
}

/** Where mass of the other row meets a zero of the own one, own T_c(log other/own) is nothing, the other's mass, or infinite. */
const withoutOwn = (c: number): number => (c < 1 ? 0 : c === 1 ? 1 : 2);

/**
 * The kernel of gradients, with `value` in a number before each of them. A row is read in one sweep for its masses and the
 * reference (two of logits, whose maxima come first), in one for the slopes and the terms of the value, and in one for
 * writing. A member that is not D_α itself needs the value for its own slope, so that it is evaluated in any case.
 */
export function gradientKernel<Parameters>(gradientOf: (parameters: Parameters) => MemberGradient, valued: boolean): Kernel<Parameters> {
  const evaluates = ({ member }: MemberGradient): boolean => valued || member.slope !== 1;
  return {
    pieces({ parameters, inputs }) {
      const gradient = gradientOf(parameters);
      const rows = rowsOf(inputs);
      return [...(evaluates(gradient) ? valuePieces(gradient, rows) : alone[rows]), ...slopePieces(gradient), ...logs, slopesPiece, sweeps[rows], gradientPiece];
    },
    table({ parameters, inputs }) {
      const gradient = gradientOf(parameters);
      const alpha = gradient.member.alpha(gradient.parameters);
      if (!evaluates(gradient)) return undefined;
      return rowsOf(inputs) === 'logits' ? logitTableOf(alpha) : tableOf(alpha);
    },
    values({ parameters }) {
      const { member, parameters: own, of } = gradientOf(parameters);
      const c = exponentOf(member.alpha(own), of);
      const { high, low } = splitDouble(c);
      return {
        of_q: of === 'q' ? 1 : 0, values: valued ? 1 : 0, without_own: withoutOwn(c),
        c_high: high, c_low: low, c_inverse: c === 0 ? 0 : 1 / c,
      };
    },
    frame: defineFrame({
      inputs: { p: 'stored', q: 'stored' }, output: ['results', 'u32'], calls: 'compute_item',
      uniforms: { of_q: 'u32', values: 'u32', without_own: 'u32', c_high: 'f32', c_low: 'f32', c_inverse: 'f32' },
    }),
    over: 'rows',
  };
}

function rowsOf([p]: Dispatch<unknown>['inputs']): 'weights' | 'logits' {
  return isLogits(p!.form) ? 'logits' : 'weights';
}

function valuePieces({ member, parameters }: MemberGradient, rows: 'weights' | 'logits'): readonly Piece[] {
  const alpha = member.alpha(parameters);
  const pieces = rows === 'logits' ? alphaPiecesOfLogits(alpha) : alphaPieces(alpha);
  return [...pieces, ...(member.helpers ?? []), member.member, ...values[rows]];
}

function slopePieces({ member: { slope } }: MemberGradient): readonly Piece[] {
  return [slope === undefined || slope === 1 ? unitSlope : slope.piece];
}
