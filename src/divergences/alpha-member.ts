import massesSource from '../../shaders/divergences/alpha-masses.wgsl?raw';
import logitTermSource from '../../shaders/divergences/alpha-term-of-logits.wgsl?raw';
import weightTermSource from '../../shaders/divergences/alpha-term-of-weights.wgsl?raw';
import termSource from '../../shaders/divergences/alpha-term.wgsl?raw';
import type { Form } from '../engine/forms.ts';
import type { CpuCall, KernelTable, Piece } from '../engine/kernel.ts';
import type { Operation, Tolerance } from '../engine/operation.ts';
import { alphaDivergenceOfLogits, alphaDivergenceOfWeights } from '../math/alpha-family.ts';
import { alphaTable, maximalAlpha } from '../math/alpha-table.ts';
import { seriesDegree, tablePieces } from '../math/table.ts';
import { alphaLogitPieces, logitTableOf, partsOfLogits } from './alpha-logits.ts';
import { defineRowDivergence, partsOfWeights, rowSumPieces, type DivergenceOf, type PlainDivergence, type RowEvaluation } from './row-divergence.ts';

export interface AlphaParameters {
  /** Amari's α: −1 is KL(p‖q), +1 is KL(q‖p), 0 is 4H². Any real number. */
  readonly alpha: number;
}

/** A function of the α-divergence at one α: the α-divergence itself, KL, the Hellinger distance. */
export interface AlphaMember<Parameters> {
  readonly name: string;
  /** @internal */ readonly formula: string;
  /** @internal */ readonly source: string;
  /** The names of its parameters, if it has any. */
  readonly parameters?: readonly string[];
  readonly information?: (parameters: Parameters) => boolean;
  readonly extended?: (operation: Operation<Parameters>) => Operation<Parameters>;
  readonly mixes?: true;
  readonly examples?: readonly Parameters[];
  readonly alpha: (parameters: Parameters) => number;
  readonly check?: (parameters: Parameters) => void;
  /** WGSL of `divergence_of`, and its twin, from the α-divergence to the member. */
  readonly member: Piece;
  /** What that WGSL calls. */
  readonly helpers?: readonly Piece[];
  readonly fromAlpha: (divergence: number) => number;
  /** The same as the CPU's fast path has it. */
  readonly cpu?: CpuMember;
  /** WGSL of the term and of what the masses have of it, for α ≤ 0, where that is cheaper than by a table. Of rows of weights. */
  readonly closedForm?: readonly Piece[];
  /** The member's derivative in D_α as a function of the member's value, 1 for D_α itself. Without it there is no gradient. */
  readonly slope?: 1 | MemberSlope<Parameters>;
}

/** factor D, √(factor D) or 4 asin √(factor D), as in assembly/math/finish.ts; D itself if nothing is said. */
export interface CpuMember {
  readonly kind: 'multiple' | 'root' | 'arc';
  readonly factor: number;
}

export interface MemberSlope<Parameters> {
  /** WGSL of `slope_of(value)`, and its twin. */
  readonly piece: Piece;
  readonly of: (value: number, parameters: Parameters) => number;
}

/** A divergence that says which member of the α-family it is. */
export type AlphaMemberOf<Parameters> = DivergenceOf<Parameters> & { readonly alphaMember: AlphaMember<Parameters> };
export type PlainAlphaMember = PlainDivergence & { readonly alphaMember: AlphaMember<object> };

const term: Piece = { name: 'divergences/alpha-term.wgsl', source: termSource };
const termOfWeights: Piece = { name: 'divergences/alpha-term-of-weights.wgsl', source: weightTermSource };
const masses: Piece = { name: 'divergences/alpha-masses.wgsl', source: massesSource };
const termOfLogits: Piece = { name: 'divergences/alpha-term-of-logits.wgsl', source: logitTermSource };

/** Values of α that tests and the bench use: the named members, the neighbourhood of a limit, and beyond ±1. */
export const exampleAlphas: readonly { readonly alpha: number }[] = [0.5, -3, -1, -1 + 1e-7, -0.3, 0, 1, 2, 6].map((alpha) => ({ alpha }));

/** Sums over rows of positive measures by the α-family's term, for whatever gives its constants. */
const measures: readonly Piece[] = [...rowSumPieces, term, termOfWeights];

/** The same with what makes divergences of distributions of them. */
export const weightPieces: readonly Piece[] = [...measures, masses];
export const logitPieces: readonly Piece[] = [...alphaLogitPieces, term, termOfLogits, masses];

/** Two pipelines serve every α: the short polynomial up to |α| = 4, the long one beyond. */
function constants(alpha: number): readonly Piece[] {
  return tablePieces(seriesDegree(alpha));
}

export function measurePieces(alpha: number): readonly Piece[] {
  return [...measures, ...constants(alpha)];
}

export function alphaPieces(alpha: number): readonly Piece[] {
  return [...weightPieces, ...constants(alpha)];
}

export function alphaPiecesOfLogits(alpha: number): readonly Piece[] {
  return [...logitPieces, ...constants(alpha)];
}

export function tableOf(alpha: number): KernelTable {
  return { key: `alpha ${Object.is(alpha, -0) ? 0 : alpha}`, type: 'vec4<u32>', make: () => alphaTable(alpha) };
}

export function unsupportedAlpha(alpha: number): string | undefined {
  return Math.abs(alpha) <= maximalAlpha ? undefined : `the GPU kernel keeps its accuracy for |α| ≤ ${maximalAlpha}, and α is ${alpha}`;
}

export function alphaTolerance<Parameters>(alpha: (parameters: Parameters) => number): Tolerance<Parameters> {
  return {
    ulps: (parameters) => (Math.abs(alpha(parameters)) <= 1 ? 4 : Math.abs(alpha(parameters)) <= 3 ? 6 : 32), relativeTo: 'entry',
    reason: 'terms of one sign, each right to 4 ulp, in compensated sums; larger |α| raises ratios to higher powers',
  };
}

/** D_α(p‖q) = D_−α(q‖p): evaluated as the one with α ≤ 0, both are the same to the last bit. */
export function dually<Parameters>(alpha: (parameters: Parameters) => number): Required<Pick<RowEvaluation<Parameters>, 'exchanged' | 'symmetric'>> {
  return { exchanged: (parameters) => alpha(parameters) > 0, symmetric: (parameters) => alpha(parameters) === 0 };
}

export function evaluated(alpha: number): number {
  return -Math.abs(alpha);
}

const plainMember: CpuMember = { kind: 'multiple', factor: 1 };
export const memberNumber: Readonly<Record<CpuMember['kind'], number>> = { multiple: 0, root: 1, arc: 2 };
/** What is made of the masses of rows: they are part of positive measures, nearly 1 of probabilities, and taken out of weights. */
const contractNumber = { measures: 0, probabilities: 1, weights: 2 } as const;

/** The member on the CPU, of rows that are no logits. */
export function alphaCall(alpha: number, contract: keyof typeof contractNumber, { kind, factor }: CpuMember = plainMember): CpuCall | undefined {
  const size = Math.abs(alpha);
  if (size > maximalAlpha) return undefined;
  const name = size === 1 ? 'klRows' : size === 0 ? 'hellingerRows' : size <= 3 ? 'alphaRows' : 'farAlphaRows';
  return {
    name, order: alpha > 0 ? [1, 0] : [0, 1], tables: size === 1 || size === 0 ? [] : [tableOf(evaluated(alpha))],
    numbers: [contractNumber[contract], memberNumber[kind], factor],
  };
}

/** Up to this |α| the CPU takes logits fast. */
const maximalAlphaOfLogits = 3;
/** Bytes of a chunk of 256 outcomes of both rows. */
const scratch = 2048;

/** The same of rows of logits. */
export function alphaCallOfLogits(alpha: number, { kind, factor }: CpuMember = plainMember): CpuCall | undefined {
  const size = Math.abs(alpha);
  if (size > maximalAlphaOfLogits) return undefined;
  const isKl = size === 1;
  return {
    name: isKl ? 'klOfLogits' : 'alphaOfLogits', order: alpha > 0 ? [1, 0] : [0, 1], tables: isKl ? [] : [tableOf(evaluated(alpha))],
    numbers: [evaluated(alpha), memberNumber[kind], factor], scratch,
  };
}

export function contractOf(inputs: readonly { readonly form: Form }[]): 'probabilities' | 'weights' {
  return inputs.some(({ form }) => form === 'weights') ? 'weights' : 'probabilities';
}

export function defineAlphaMember<Parameters extends object>(alphaMember: AlphaMember<Parameters>): AlphaMemberOf<Parameters> {
  const { alpha, member, helpers = [], fromAlpha, closedForm, cpu, ...record } = alphaMember;
  const divergence = defineRowDivergence<Parameters>({
    ...record, alpha,
    tolerance: alphaTolerance(alpha),
    unsupported: (parameters) => unsupportedAlpha(alpha(parameters)),
    weights: {
      pieces: (parameters) => [...(closedForm ? [...rowSumPieces, ...closedForm] : alphaPieces(alpha(parameters))), ...helpers, member],
      ...dually(alpha), parts: partsOfWeights,
      ...(!closedForm && { table: (parameters) => tableOf(evaluated(alpha(parameters))) }),
      cpu: ({ parameters, inputs }) => alphaCall(alpha(parameters), contractOf(inputs), cpu),
      reference: (p, q, parameters) => fromAlpha(alphaDivergenceOfWeights(p, q, alpha(parameters))),
    },
    logits: {
      pieces: (parameters) => [...alphaPiecesOfLogits(alpha(parameters)), ...helpers, member],
      ...dually(alpha), parts: partsOfLogits,
      table: (parameters) => logitTableOf(evaluated(alpha(parameters))),
      cpu: ({ parameters }) => alphaCallOfLogits(alpha(parameters), cpu),
      reference: (p, q, parameters) => fromAlpha(alphaDivergenceOfLogits(p, q, alpha(parameters))),
    },
  });
  return Object.assign(divergence, { alphaMember });
}
