import source from '../../shaders/divergences/f-divergence.wgsl?raw';
import { NormalisedPair } from '../math/normalised-pair.ts';
import { CompensatedSum } from '../math/sum.ts';
import { evaluatorOf, termOf, valueOf, type Program, type Value } from '../program/index.ts';
import { infinite, ownCall, ownPieces, ownTerm, ownTolerance, refuse, takenDefinition, type OwnDivergence } from './own-divergence.ts';
import {
  defineRowDivergence, partsOfWeights, withoutParameters, type PlainDivergence, type RowDivergence,
} from './row-divergence.ts';

export interface FDivergenceDefinition extends OwnDivergence {
  /** f of `ratio` = p/q and `excess` = p/q − 1, as an expression of values. */
  readonly term: (given: { readonly ratio: Value; readonly excess: Value }) => Value;
  /** f(0), the cost of a unit of q where p is 0; may be Infinity. */
  readonly atZero: number;
  /** lim f(x)/x for x → ∞, the cost of a unit of p where q is 0; may be Infinity. */
  readonly atInfinity: number;
}

type Generator = (ratio: number, excess: number) => number;
type Limits = Pick<FDivergenceDefinition, 'atZero' | 'atInfinity'>;
type Generated = Limits & Pick<FDivergenceDefinition, 'term'>;

/** f(1) = f′(1) = 0; a slope would leave the sum of near rows to cancellation. */
function checkGenerator(f: Generator): void {
  const operation = 'defineFDivergence';
  const h = 2 ** -10;
  const [below, at, above] = [f(1 - h, -h), f(1, 0), f(1 + h, h)];
  if (at !== 0) throw refuse(operation, 'term', 'f(1) = 0', at, 'Subtract f(1).');
  const [slope, curvature] = [(above - below) / (2 * h), (above + below) / h ** 2];
  if (!(Math.abs(slope) <= 1e-3 * Math.max(1, curvature))) throw refuse(operation, 'term', 'f′(1) = 0', slope, 'Subtract f′(1) times excess: it changes nothing of distributions.');
}

function checkLimits(limits: Limits): void {
  for (const name of ['atZero', 'atInfinity'] as const) {
    const limit: unknown = limits[name];
    if (typeof limit === 'number' && limit >= 0) continue;
    throw refuse('defineFDivergence', name, 'a number ≥ 0, or Infinity', limit, 'A convex f with f(1) = f′(1) = 0 is nowhere negative.');
  }
}

function reference(f: Generator, { atZero, atInfinity }: Limits, p: ArrayLike<number>, q: ArrayLike<number>): number {
  const pair = new NormalisedPair(p, q);
  const sum = new CompensatedSum();
  for (let k = 0; k < p.length; k++) {
    const [x, y] = [pair.p(k), pair.q(k)];
    if (x === 0 && y === 0) continue;
    const term = y === 0 ? x * atInfinity : x === 0 ? y * atZero : y * f(x / y, -pair.difference(k) / y);
    if (!(term < Infinity)) return Infinity;
    sum.add(term);
  }
  return Math.max(0, sum.value);
}

/** What an excess costs beside which the roundings of masses in f64 would count. */
function costOfClose(f: Generator): number {
  const h = 2 ** -26;
  return Math.max(f(1 - h, -h), f(1 + h, h));
}

/**
 * Σ q f(p/q) of the normalised rows in f64, by shares of p in the mass of q. Where that is at most `close`, the excess p Q/(q P) − 1 is that over the 29 leading bits of Q/P, whose product
 * with p is exact, and what the rest of Q/P adds to it: equal rows have none whatever their masses are.
 */
function normalisedSum(term: Program, limits: Limits, close: number, p: Value, q: Value): Value {
  const [massP, massQ] = [p.sum(), q.sum()];
  const inverse = valueOf(1).over(q);
  const sumOf = (share: Value, difference: Value): Value => {
    const alone = share.times(Math.min(limits.atInfinity, infinite)).plus(q.times(Math.min(limits.atZero, infinite)));
    const both = q.times(termOf(term, { ratio: share.times(inverse), excess: difference.times(inverse) }));
    return share.atMost(q).isGreater(0).select(both, alone).sum().over(massQ);
  };
  const scale = massQ.over(massP);
  const share = p.times(scale);
  const quick = sumOf(share, share.minus(q));
  const isSettled = quick.isGreater(close);
  const again = isSettled.select(0, scale); // of what is settled there is no more to do
  const split = again.times(2 ** 29 + 1);
  const difference = p.times(split.minus(split.minus(again))).minus(q);
  const rest = difference.sum().over(massP);
  return isSettled.select(quick, sumOf(p.times(again), difference.minus(p.times(rest))));
}

/**
 * Makes a divergence of a caller's own convex generator f: D_f(p‖q) = Σ q f(p/q) of the normalised rows, in the unit of f.
 *
 * f(1) = f′(1) = 0, as every generator has once f′(1)(x − 1) is subtracted, which changes nothing of distributions. `term`
 * is f as an expression of the values `ratio` and `excess`, by their methods: it is run once, when f is defined, and what it
 * does is noted and then done by the GPU, by WebAssembly and in f64. Near equal rows f should be written in `excess`, whose
 * digits are all right where `ratio` is next to 1. A choice is `condition.select(x, y)`; both sides are evaluated.
 *
 * Masses that differ by more than half an ulp are made equal in further sweeps, whatever f is; what is left changes D by
 * that times the elasticity of f, |x f′/f|. On the GPU a ratio beyond 2^±126 counts as its limit where that is finite. What
 * is not a number counts as infinite. The result is a divergence like all others: rows of probabilities or weights,
 * certificate, CPU. Errors: DomainError, ShapeError, at once. Source: Csiszár, Studia Sci. Math. Hungar. 2 (1967).
 *
 * @example
 * const triangular = defineFDivergence({
 *   name: 'triangularDiscrimination', term: ({ ratio, excess }) => excess.squared().over(ratio.plus(1)), atZero: 1, atInfinity: 1,
 * });
 * const d = await triangular(p, q).read();
 */
export function defineFDivergence(given: FDivergenceDefinition): PlainDivergence {
  const definition = takenDefinition('defineFDivergence', given, ['atZero', 'atInfinity']);
  const { name, formula = 'Σ q f(p/q)', source: origin = 'defined by the caller' } = definition;
  return fDivergence({ name, isOwn: true, formula, source: origin, tolerance: ownTolerance(definition) }, definition);
}

/** The divergence of a generator, the library's own or a caller's. */
export function fDivergence(record: Omit<RowDivergence<object>, 'weights'>, definition: Generated): PlainDivergence {
  const { name, formula } = record;
  const term = ownTerm('defineFDivergence', name, ['ratio', 'excess'], definition.term);
  const f = evaluatorOf(term);
  checkLimits(definition);
  checkGenerator(f);
  const close = costOfClose(f);
  const limits = [definition.atZero, definition.atInfinity].map((limit) => (limit === Infinity ? -1 : limit));
  return withoutParameters(defineRowDivergence<object>({
    ...record,
    weights: {
      pieces: ownPieces(term, { name: 'divergences/f-divergence.wgsl', source }),
      parts: partsOfWeights,
      table: () => ({ key: `limits ${limits.join(' ')}`, type: 'vec2<f32>', make: () => Float32Array.from(limits) }),
      cpu: ownCall(name, formula, (p, q) => normalisedSum(term, definition, close, p, q)),
      reference: (p, q) => reference(f, definition, p, q),
    },
  }));
}
