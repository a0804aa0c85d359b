import integralSource from '../../shaders/divergences/hellinger-integral.wgsl?raw';
import memberSource from '../../shaders/divergences/hellinger-integral-member.wgsl?raw';
import logitsSource from '../../shaders/divergences/hellinger-integral-of-logits.wgsl?raw';
import weightsSource from '../../shaders/divergences/hellinger-integral-of-weights.wgsl?raw';
import { isLogits } from '../engine/forms.ts';
import type { Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { doubleSinglePiece, splitDouble } from '../math/double-single.ts';
import type { RowPair } from '../math/hellinger-integral.ts';
import { commonPieces } from '../math/pieces.ts';
import { alphaDivergence } from './alpha-divergence.ts';
import { unsupportedAlpha } from './alpha-member.ts';
import { reducible } from './reduction.ts';
import { checkForms, pairArguments, type PairFunction } from './row-divergence.ts';
import { tempering } from '../math/temperature.ts';

/**
 * What the GPU makes of D_α and, far from p = q, of the Hellinger integral H = 1 − κ D_α, κ = β(1 − β), itself.
 * 'multiple': weight D. 'logarithm': −factor log H, which near p = q is weight D log1p(z)/z with z = −κ D, weight = κ factor.
 * 'lost mass': weight D while D is finite, else the mass of q where p is 0.
 */
export interface IntegralMember {
  readonly order: number;
  readonly kind: 'multiple' | 'logarithm' | 'lost mass';
  readonly weight: number;
  readonly factor?: number;
  /** D where it is not the α-divergence at α = 1 − 2β. */
  readonly base?: (p: Tensor, q: Tensor) => Tensor;
}

/** A function of H_β = Σ p^β q^(1−β) at one order β. */
export interface IntegralDivergence<Parameters> {
  readonly name: string;
  /** @internal */ readonly formula: string;
  /** @internal */ readonly source: string;
  /** Whether its numbers are information, in nats, as logarithms are. */
  readonly information?: (parameters: Parameters) => boolean;
  /** The names of its parameters, if it has any. */
  readonly parameters?: readonly string[];
  readonly examples?: readonly Parameters[];
  readonly check?: (parameters: Parameters, inputs: readonly Tensor[]) => void;
  readonly member: (parameters: Parameters) => IntegralMember;
  /** Whether p and q change places before the member is evaluated. */
  readonly exchanges?: (parameters: Parameters) => boolean;
  readonly reference: (rows: RowPair, parameters: Parameters) => number;
}

interface MemberParameters extends IntegralMember {
  readonly reference: (rows: RowPair) => number;
}

const kinds: Readonly<Record<IntegralMember['kind'], number>> = { multiple: 0, logarithm: 1, 'lost mass': 2 };
const integral: Piece = { name: 'divergences/hellinger-integral.wgsl', source: integralSource };
const ofWeights: Piece = { name: 'divergences/hellinger-integral-of-weights.wgsl', source: weightsSource };
const ofLogits: Piece = { name: 'divergences/hellinger-integral-of-logits.wgsl', source: logitsSource };
const member: Piece = { name: 'divergences/hellinger-integral-member.wgsl', source: memberSource };

/** The second half of a member: from the rows and their α-divergences. */
const finish: Operation<MemberParameters> = {
  name: 'hellingerIntegralMember', formula: '−w/κ log H, H = Σ p^β q^(1−β) = 1 − κ D_α', source: 'Liese & Vajda 2006',
  arguments: [...pairArguments, { name: 'd', takes: 'values', axis: 'rows' }],
  result: (inputs) => ({ shape: [batchSize(finish, inputs)], form: 'values' }),
  tolerance: integralTolerance(({ order }) => order),
  kernel: {
    pieces: ({ inputs }) => [...commonPieces, doubleSinglePiece, integral, isLogits(inputs[0]!.form) ? ofLogits : ofWeights, member],
    frame: defineFrame({
      inputs: { p: 'u32', q: 'u32', d: 'u32' }, output: ['divergences', 'u32'], calls: 'compute_item',
      uniforms: {
        kind: 'u32', weight: 'f32', kappa: 'f32', factor: 'f32', b_high: 'f32', b_low: 'f32', a_high: 'f32', a_low: 'f32',
      },
    }),
    values: ({ parameters }) => constantsOf(parameters),
    over: 'rows',
  },
  reference: ([p, q], { reference }) => (row, out) => { out[0] = reference({ p: p!.row(row), q: q!.row(row), logarithmic: isLogits(p!.form) }); },
};

function constantsOf({ order, kind, weight, factor = 0 }: IntegralMember): Record<string, number> {
  const exponent = kind === 'logarithm' ? order : 0;
  const [b, a] = [splitDouble(exponent), splitDouble(1 - exponent)];
  const kappa = exponent * (1 - exponent);
  return { kind: kinds[kind], weight, kappa, factor, b_high: b.high, b_low: b.low, a_high: a.high, a_low: a.low };
}

function integralTolerance<Parameters>(order: (parameters: Parameters) => number): Operation<Parameters>['tolerance'] {
  return {
    ulps: (parameters) => (Math.abs(1 - 2 * order(parameters)) <= 3 ? 6 : 32), relativeTo: 'entry',
    reason: 'the α-divergence up to H = ½, which one logarithm makes no worse than 1.5 times; beyond, H itself in logarithms of 48 bits',
  };
}

/** Between 0 and this order α = 1 − 2β loses digits of β, which is all that mass of q where p is 0 costs. */
const smallestOrder = 2 ** -26;

function unsupportedOrder({ order, base }: IntegralMember): string | undefined {
  if (base) return undefined;
  if (order > 0 && order < smallestOrder) return `the GPU takes orders from 2⁻²⁶ on besides 0, and the order is ${order}`;
  return unsupportedAlpha(1 - 2 * order);
}

/** Makes the operation of a member: the α-divergence by its own kernel, then what is made of it. */
export function defineIntegralDivergence<Parameters extends object>(divergence: IntegralDivergence<Parameters>): PairFunction<Parameters> {
  const { name, formula, source, information = () => true, parameters: names = [], examples, check, member: memberOf, exchanges, reference } = divergence;
  const operation: Operation<Parameters> = {
    name, formula, source, arguments: pairArguments, parameters: names,
    ...(examples && { examples }),
    check(parameters, [p, q]) {
      checkOutcomes(name, 'q', q!, p!.width);
      checkForms(name, p!, q!, true);
      check?.(parameters, [p!, q!]);
    },
    information,
    result: (inputs) => ({ shape: [batchSize(operation, inputs)], form: 'values' }),
    tolerance: integralTolerance((parameters) => memberOf(parameters).order),
    unsupported: (parameters) => unsupportedOrder(memberOf(parameters)),
    reference: ([p, q], parameters) => (row, out) => { out[0] = reference({ p: p!.row(row), q: q!.row(row), logarithmic: isLogits(p!.form) }, parameters); },
    compose(inputs, parameters) {
      const [p, q] = exchanges?.(parameters) ? inputs.toReversed() : inputs;
      const of = memberOf(parameters);
      const d = of.base?.(p!, q!) ?? alphaDivergence(p!, q!, { alpha: 1 - 2 * of.order });
      return apply(finish, [p!, q!, d], { ...of, reference: (rows) => reference(rows, parameters) });
    },
  };
  const whole = reducible(tempering(operation));
  return Object.assign((p: Tensor, q: Tensor, parameters: Parameters) => apply(whole, [p, q], parameters), { operation: whole });
}
