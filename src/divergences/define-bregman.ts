import source from '../../shaders/divergences/bregman-custom.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { taken } from '../engine/parameters.ts';
import { snippetPieces } from '../engine/snippet.ts';
import { CompensatedSum } from '../math/sum.ts';
import { bregmanSum } from './bregman-divergence.ts';
import { defineRowDivergence, partsOfWeights, rowSumPieces, withoutParameters, type PlainDivergence } from './row-divergence.ts';
import { ownTolerance, refuse, snippetFunctions, snippetFunctionsPiece, takenDefinition, type OwnDivergence } from './snippet-functions.ts';

const bregmanCustomPiece: Piece = { name: 'divergences/bregman-custom.wgsl', source };

export interface BregmanDefinition extends OwnDivergence {
  /** φ(p) − φ(q) − φ′(q)(p − q) in WGSL, of `p`, `q` and `difference` = p − q: an expression, or statements with return. */
  readonly wgsl: string;
  /** The same in f64. */
  readonly term: (p: number, q: number, difference: number) => number;
  /** Whether the term is infinite where p alone is 0, and where q alone is; where not, it is asked for p = 0 or q = 0. */
  readonly infinite: { readonly withoutP: boolean; readonly withoutQ: boolean };
}

function checkTerm({ term, infinite }: BregmanDefinition): void {
  const operation = 'defineBregman';
  if (typeof term !== 'function') throw refuse(operation, 'term', 'a function', term, 'Give the term in TypeScript too: the reference is made of it.');
  if (term(1, 1, 0) !== 0) throw refuse(operation, 'term', '0 at p = q', term(1, 1, 0), 'Write the term so that it is 0 where the difference is.');
  if (typeof infinite?.withoutP !== 'boolean' || typeof infinite.withoutQ !== 'boolean') {
    throw refuse(operation, 'infinite', '{ withoutP, withoutQ }, true or false', infinite, 'Say whether the term is infinite where only one of p and q is 0.');
  }
}

function reference({ term, infinite }: BregmanDefinition, p: ArrayLike<number>, q: ArrayLike<number>): number {
  const sum = new CompensatedSum();
  for (let k = 0; k < p.length; k++) {
    const [x, y] = [p[k]!, q[k]!];
    if (x === 0 && y === 0) continue;
    if ((x === 0 && infinite.withoutP) || (y === 0 && infinite.withoutQ)) return Infinity;
    sum.add(term(x, y, x - y));
  }
  return Math.max(0, sum.value);
}

/**
 * Makes a Bregman divergence of a caller's own potential φ: B_φ(p‖q) = Σ φ(p) − φ(q) − φ′(q)(p − q) of positive measures,
 * nothing normalised.
 *
 * The caller gives the term itself rather than φ and φ′, because their difference cancels near p = q: as WGSL, an
 * expression or statements with return of the numbers `p`, `q` and `difference` = p − q, and as a function for the
 * reference. What a snippet may use is what it may in `defineFDivergence`. Both zero adds nothing.
 * Errors: DomainError at once; ShaderCompilationError, with the line and column in the snippet, when it is first run.
 * Source: Bregman, USSR Comput. Math. 7 (1967).
 *
 * @example
 * const cubic = defineBregman({
 *   name: 'cubicBregman', wgsl: 'difference * difference * (p + 2.0 * q)', // of φ(x) = x³
 *   term: (p, q, difference) => difference ** 2 * (p + 2 * q), infinite: { withoutP: false, withoutQ: false },
 * });
 * const d = await cubic(p, q).read();
 */
export function defineBregman(given: BregmanDefinition): PlainDivergence {
  const { infinite: flags, ...others } = takenDefinition('defineBregman', given, ['term', 'infinite']);
  const definition = { ...others, infinite: taken('defineBregman', 'infinite', flags ?? {}, ['withoutP', 'withoutQ']) };
  checkTerm(definition);
  const { name, wgsl, infinite } = definition;
  const snippet = snippetPieces({ operation: name, wgsl, name: 'generator', parameters: ['p', 'q', 'difference'], functions: snippetFunctions });
  const infinities = [Number(infinite.withoutP), Number(infinite.withoutQ)];
  return withoutParameters(defineRowDivergence<object>({
    name,
    isOwn: true,
    formula: definition.formula ?? 'Σ φ(p) − φ(q) − φ′(q)(p − q)',
    source: definition.source ?? 'defined by the caller',
    tolerance: ownTolerance(definition),
    weights: {
      pieces: () => [...rowSumPieces, snippetFunctionsPiece, bregmanCustomPiece, bregmanSum, ...snippet],
      parts: partsOfWeights,
      table: () => ({ key: `infinite ${infinities.join(' ')}`, type: 'vec2<f32>', make: () => Float32Array.from(infinities) }),
      reference: (p, q) => reference(definition, p, q),
    },
  }));
}
