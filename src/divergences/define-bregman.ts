import source from '../../shaders/divergences/bregman-custom.wgsl?raw';
import sumSource from '../../shaders/divergences/bregman-sum.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { taken } from '../engine/parameters.ts';
import { CompensatedSum } from '../math/sum.ts';
import { evaluatorOf, termOf, type Program, type Value } from '../program/index.ts';
import { infinite as infiniteCost, ownCall, ownPieces, ownTerm, ownTolerance, refuse, takenDefinition, type OwnDivergence } from './own-divergence.ts';
import { defineRowDivergence, partsOfWeights, withoutParameters, type PlainDivergence, type RowEvaluation } from './row-divergence.ts';

/** What joins a term of a Bregman divergence to the sweep over a row. */
export const bregmanSum: Piece = { name: 'divergences/bregman-sum.wgsl', source: sumSource };

/** Where only one of p and q is 0. */
export interface Infinite {
  readonly withoutP: boolean;
  readonly withoutQ: boolean;
}

export interface BregmanDefinition extends OwnDivergence {
  /** φ(p) − φ(q) − φ′(q)(p − q) of `p`, `q` and `difference` = p − q, as an expression of values. */
  readonly term: (given: { readonly p: Value; readonly q: Value; readonly difference: Value }) => Value;
  /** Whether the term is infinite where p alone is 0, and where q alone is; where not, it is asked for p = 0 or q = 0. */
  readonly infinite: Infinite;
}

type Term = (p: number, q: number, difference: number) => number;

function check(term: Term, infinite: Infinite): void {
  const operation = 'defineBregman';
  if (term(1, 1, 0) !== 0) throw refuse(operation, 'term', '0 at p = q', term(1, 1, 0), 'Write the term so that it is 0 where the difference is.');
  if (typeof infinite?.withoutP !== 'boolean' || typeof infinite.withoutQ !== 'boolean') {
    throw refuse(operation, 'infinite', '{ withoutP, withoutQ }, true or false', infinite, 'Say whether the term is infinite where only one of p and q is 0.');
  }
}

function reference(term: Term, infinite: Infinite, p: ArrayLike<number>, q: ArrayLike<number>): number {
  const sum = new CompensatedSum();
  for (let k = 0; k < p.length; k++) {
    const [x, y] = [p[k]!, q[k]!];
    if (x === 0 && y === 0) continue;
    const cost = (x === 0 && infinite.withoutP) || (y === 0 && infinite.withoutQ) ? Infinity : term(x, y, x - y);
    if (!(cost < Infinity)) return Infinity;
    sum.add(cost);
  }
  return Math.max(0, sum.value);
}

/** The sum in f64. Where both are 0 it adds nothing. */
function plainSum(term: Program, { withoutP, withoutQ }: Infinite, p: Value, q: Value): Value {
  let cost = termOf(term, { p, q, difference: p.minus(q) });
  if (withoutQ) cost = q.equals(0).select(p.times(infiniteCost), cost);
  if (withoutP) cost = p.equals(0).select(q.times(infiniteCost), cost);
  if (!withoutP && !withoutQ) cost = p.atLeast(q).equals(0).select(0, cost);
  return cost.sum();
}

/**
 * Makes a Bregman divergence of a caller's own potential φ: B_φ(p‖q) = Σ φ(p) − φ(q) − φ′(q)(p − q) of positive measures,
 * nothing normalised.
 *
 * The caller gives the term itself rather than φ and φ′, because their difference cancels near p = q: an expression of the
 * values `p`, `q` and `difference` = p − q, run once and noted as in `defineFDivergence`. Both zero adds nothing.
 * Errors: DomainError, ShapeError, at once. Source: Bregman, USSR Comput. Math. 7 (1967).
 *
 * @example
 * const cubic = defineBregman({ // of φ(x) = x³
 *   name: 'cubicBregman', term: ({ p, q, difference }) => difference.squared().times(q.times(2).plus(p)),
 *   infinite: { withoutP: false, withoutQ: false },
 * });
 * const d = await cubic(p, q).read();
 */
export function defineBregman(given: BregmanDefinition): PlainDivergence {
  const definition = takenDefinition('defineBregman', given, ['infinite']);
  const { name, formula = 'Σ φ(p) − φ(q) − φ′(q)(p − q)' } = definition;
  const infinite = taken('defineBregman', 'infinite', definition.infinite ?? {}, ['withoutP', 'withoutQ']);
  const traced = ownTerm('defineBregman', name, ['p', 'q', 'difference'], definition.term);
  check(evaluatorOf(traced), infinite);
  return withoutParameters(defineRowDivergence<object>({
    name, isOwn: true, formula, source: definition.source ?? 'defined by the caller', tolerance: ownTolerance(definition),
    weights: bregmanEvaluation(name, formula, traced, infinite),
  }));
}

/** Rows by a term of `p`, `q` and `difference`. */
export function bregmanEvaluation(name: string, formula: string, term: Program, infinite: Infinite): RowEvaluation<object> {
  const infinities = [Number(infinite.withoutP), Number(infinite.withoutQ)];
  const evaluate = evaluatorOf(term);
  return {
    pieces: ownPieces(term, { name: 'divergences/bregman-custom.wgsl', source }, bregmanSum),
    parts: partsOfWeights,
    table: () => ({ key: `infinite ${infinities.join(' ')}`, type: 'vec2<f32>', make: () => Float32Array.from(infinities) }),
    cpu: ownCall(name, formula, (p, q) => plainSum(term, infinite, p, q)),
    reference: (p, q) => reference(evaluate, infinite, p, q),
  };
}
