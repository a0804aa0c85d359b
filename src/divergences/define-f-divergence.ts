import source from '../../shaders/divergences/f-divergence.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { snippetPieces } from '../engine/snippet.ts';
import { NormalisedPair } from '../math/normalised-pair.ts';
import { CompensatedSum } from '../math/sum.ts';
import { defineRowDivergence, partsOfWeights, rowSumPieces, withoutParameters, type PlainDivergence } from './row-divergence.ts';
import { ownTolerance, refuse, snippetFunctions, snippetFunctionsPiece, takenDefinition, type OwnDivergence } from './snippet-functions.ts';

const fDivergencePiece: Piece = { name: 'divergences/f-divergence.wgsl', source };

export interface FDivergenceDefinition extends OwnDivergence {
  /** f in WGSL, of `ratio` = p/q and `excess` = p/q − 1: an expression, or statements with return. */
  readonly wgsl: string;
  /** The same in f64. */
  readonly f: (ratio: number, excess: number) => number;
  /** f(0), the cost of a unit of q where p is 0; may be Infinity. */
  readonly atZero: number;
  /** lim f(x)/x for x → ∞, the cost of a unit of p where q is 0; may be Infinity. */
  readonly atInfinity: number;
}

/** f(1) = f′(1) = 0 by the twin; a slope would leave the sum of near rows to cancellation. */
function checkGenerator({ f, atZero, atInfinity }: FDivergenceDefinition): void {
  const operation = 'defineFDivergence';
  if (typeof f !== 'function') throw refuse(operation, 'f', 'a function', f, 'Give the generator in TypeScript too: the reference is made of it.');
  for (const [name, limit] of [['atZero', atZero], ['atInfinity', atInfinity]] as const) {
    if (!(typeof limit === 'number' && limit >= 0)) throw refuse(operation, name, 'a number ≥ 0, or Infinity', limit, 'A convex f with f(1) = f′(1) = 0 is nowhere negative.');
  }
  const h = 2 ** -10;
  const [below, at, above] = [f(1 - h, -h), f(1, 0), f(1 + h, h)];
  if (at !== 0) throw refuse(operation, 'f', 'f(1) = 0', at, 'Subtract f(1).');
  const [slope, curvature] = [(above - below) / (2 * h), (above + below) / h ** 2];
  if (!(Math.abs(slope) <= 1e-3 * Math.max(1, curvature))) throw refuse(operation, 'f', 'f′(1) = 0', slope, 'Subtract f′(1) times excess: it changes nothing of distributions.');
}

function reference({ f, atZero, atInfinity }: FDivergenceDefinition, p: ArrayLike<number>, q: ArrayLike<number>): number {
  const pair = new NormalisedPair(p, q);
  const sum = new CompensatedSum();
  for (let k = 0; k < p.length; k++) {
    const [x, y] = [pair.p(k), pair.q(k)];
    if (x === 0 && y === 0) continue;
    const term = y === 0 ? x * atInfinity : x === 0 ? y * atZero : y * f(x / y, -pair.difference(k) / y);
    if (term === Infinity) return Infinity;
    sum.add(term);
  }
  return Math.max(0, sum.value);
}

/**
 * Makes a divergence of a caller's own convex generator f: D_f(p‖q) = Σ q f(p/q) of the normalised rows, in the unit of f.
 *
 * f(1) = f′(1) = 0, as every generator has once f′(1)(x − 1) is subtracted, which changes nothing of distributions. It is
 * given twice, as WGSL for the GPU and as a function for the reference. The WGSL is an expression, or statements with
 * return, of the numbers `ratio` and `excess`; it may use own variables, if, for, while, and exp, expm1, log, log1p, pow,
 * sqrt, abs, min, max, clamp, fma, floor, ceil, round, trunc, sign, select. Anything else is refused with its line and
 * column. A snippet has at most 32,768 characters and 8,192 words, numbers and signs, nested 64 deep; a loop that cannot end is
 * refused, and a call whose loops make more than 32,768 turns is not a number. Near equal rows f should be written in `excess`, whose digits are all right where `ratio` is next to 1.
 *
 * Masses that differ by more than half an ulp are made equal in further sweeps, whatever f is; what is left changes D by
 * that times the elasticity of f, |x f′/f|. A ratio beyond 2^±126 counts as its limit where that is finite. What is not a
 * number counts as infinite. The result is a divergence like all others: rows of probabilities or weights, certificate, CPU.
 * Errors: DomainError at once; ShaderCompilationError, with the line and column in the snippet, when it is first run.
 * Source: Csiszár, Studia Sci. Math. Hungar. 2 (1967).
 *
 * @example
 * const triangular = defineFDivergence({
 *   name: 'triangularDiscrimination', wgsl: 'excess * excess / (ratio + 1.0)',
 *   f: (ratio, excess) => excess ** 2 / (ratio + 1), atZero: 1, atInfinity: 1,
 * });
 * const d = await triangular(p, q).read();
 */
export function defineFDivergence(given: FDivergenceDefinition): PlainDivergence {
  const definition = takenDefinition('defineFDivergence', given, ['f', 'atZero', 'atInfinity']);
  checkGenerator(definition);
  const { name, wgsl, atZero, atInfinity } = definition;
  const snippet = snippetPieces({ operation: name, wgsl, name: 'generator', parameters: ['ratio', 'excess'], functions: snippetFunctions });
  const limits = [atZero, atInfinity].map((limit) => (limit === Infinity ? -1 : limit));
  return withoutParameters(defineRowDivergence<object>({
    name,
    isOwn: true,
    formula: definition.formula ?? 'Σ q f(p/q)',
    source: definition.source ?? 'defined by the caller',
    tolerance: ownTolerance(definition),
    weights: {
      pieces: () => [...rowSumPieces, snippetFunctionsPiece, fDivergencePiece, ...snippet],
      parts: partsOfWeights,
      table: () => ({ key: `limits ${limits.join(' ')}`, type: 'vec2<f32>', make: () => Float32Array.from(limits) }),
      reference: (p, q) => reference(definition, p, q),
    },
  }));
}
