import { apply } from '../engine/operation.ts';
import { Tensor } from '../engine/tensor.ts';
import { columns } from '../math/columns.ts';
import { defineRows, type RowArgument, type RowOperation, type Value, valueOf } from '../program/index.ts';

/**
 * The order of the Chernoff information, and what the information is made of. With x = log(q/p) and w = p^(1−a) q^a the
 * maximum of −log Σ w over a is where
 *
 *     Σ w x = A − B = 0,    A = Σ over x > 0 of w x,    B = Σ over x < 0 of w |x|
 *
 * log A rises with a, log B falls, both nearly in straight lines (exactly for two outcomes), so Newton's method on
 * log(A/B) arrives in a few steps from anywhere. p, q and w come from the larger of p and q, which f32 has longest.
 */
const source = 'Nielsen 2013; Newton’s method';
const tolerance = { ulps: () => 16, relativeTo: 'row' as const, reason: 'an intermediate result; the Chernoff information is what is promised' };
/** Newton's method took at most 5 steps from ½ on rows of all kinds; two more may go to the ends of the interval. */
const steps = 10;
/** What shares of a row's mass are multiplied by, so that f32 has those of outcomes that hardly count. */
const lift = 2 ** 60;

/** Weights times a power of two that brings the greatest near 2^40; no digit is lost. */
function scaled(weights: Value): Value {
  const raised = weights.max().isLess(2 ** 64).select(weights.weigh(valueOf(0)), weights);
  return raised.times(valueOf(2 ** 40).over(raised.max().binade()));
}

/** A number in so few digits that its products with f32 are exact, in doubles and in f64. */
function shortened(x: Value): Value {
  const unit = x.binade().times(2 ** -22);
  return x.over(unit).floor().times(unit);
}

/**
 * log(q/p) and the larger share of outcomes that both have, both 0 for others; and the shares that p and q have alone.
 * Rows may differ by far less than f32 tells from 1: q − r p is exact, r the ratio of the masses as far as it is short.
 */
const logarithms: RowOperation<object> = defineRows<object>({
  name: 'chernoffLogarithms', formula: 'log(q/p), max(p, q)', source, tolerance,
  arguments: [{ name: 'p', takes: 'distributions' }, { name: 'q', takes: 'distributions' }],
  program(given) {
    const [p, q] = [scaled(given['p']!).as('p'), scaled(given['q']!).as('q')];
    const [massP, massQ] = [p.double().sum().as('massP'), q.sum().as('massQ')];
    const ratio = shortened(massQ.over(massP.single())).as('ratio');
    const level = ratio.double().times(p).as('level');
    const difference = q.double().minus(level).as('difference');
    const excess = difference.sum().over(massP.times(ratio)).as('excess');
    const growth = difference.minus(level.times(excess)).over(level).single().over(excess.single().plus(1)).as('growth');
    const x = growth.absolute().isLess(0.5).select(growth.log1p(), q.logRatio(level.single().times(excess.single().plus(1))));
    const both = p.isGreater(0).and(q.isGreater(0));
    const shareP = p.times(lift).over(massP.single()).as('shareP');
    const shareQ = q.times(lift).over(massQ).as('shareQ');
    const [aloneP, aloneQ] = [both.select(0, shareP).sum(), both.select(0, shareQ).sum()];
    return { x: both.select(x, 0), larger: both.select(shareP.atLeast(shareQ), 0), aloneP, aloneQ, alone: aloneP.plus(aloneQ) };
  },
});

const perRow = (...names: string[]): RowArgument[] => names.map((name) => ({ name, takes: 'values', per: 'row' }));
const entries: readonly RowArgument[] = [{ name: 'x', takes: 'values' }, { name: 'larger', takes: 'values' }];
/** What the information comes from; a is the exponent of q that is found. */
export const searched: readonly RowArgument[] = [...entries, ...perRow('aloneP', 'aloneQ', 'a')];

/** The exponent of the smaller of p and q in w. */
export const exponentOfSmaller = (x: Value, a: Value): Value => x.isGreater(0).select(valueOf(1).minus(a), a);

interface Slopes {
  /** A − B and B. */
  readonly slope: Value;
  readonly falling: Value;
  /** Σ w x² over x > 0 and over x < 0. */
  readonly curvatures: readonly [Value, Value];
}

/**
 * Where the supports agree A − B is the sum of w x − (q − p) = w x² (a² e₂(−ax) − b² e₂(bx)), e₂(y) = (e^y − 1 − y)/y², b = 1 − a,
 * which keeps the digits of near rows but loses those of rows so far apart that the w are small.
 */
function slopesOf({ x, larger, alone }: Readonly<Record<string, Value>>, a: Value): Slopes {
  const [size, b] = [x!.absolute().as('size'), valueOf(1).minus(a)];
  const w = larger!.times(exponentOfSmaller(x!, a).times(size).negated().exp()).as('w');
  const [rises, falls] = [x!.isGreater(0), x!.isLess(0)];
  const [moment, square] = [w.times(size).as('moment'), w.times(x!.squared()).as('square')];
  const [rising, falling] = [rises.select(moment, 0).sum().as('A'), falls.select(moment, 0).sum().as('B')];
  const isNear = size.isLess(1);
  const near = a.squared().times(a.times(x!).negated().exprel2()).minus(b.squared().times(b.times(x!).exprel2()));
  const moved = larger!.times(size.negated().expm1()).as('moved'); // −|q − p|
  const far = w.times(x!).minus(rises.select(moved.negated(), moved));
  const gap = isNear.select(square.times(near), far).sum();
  const isPlain = alone!.isGreater(0).or(isNear.select(0, moved).sum().plus(rising.plus(falling).times(8)).isLess(0));
  return {
    slope: isPlain.select(rising.minus(falling), gap).as('slope'), falling,
    curvatures: [rises.select(square, 0).sum(), falls.select(square, 0).sum()],
  };
}

/** A step of Newton's method, which halves the interval where it leaves it; it goes beyond an end where A or B is nothing. */
function next({ a, low, high }: Readonly<Record<string, Value>>, { slope, falling, curvatures: [up, down] }: Slopes): Record<string, Value> {
  const rising = falling.plus(slope).as('rising');
  const newton = a!.minus(slope.over(falling).log1p().over(up.over(rising).plus(down.over(falling))));
  const straight = rising.isAtMost(0).select(2, falling.isAtMost(0).select(-1, newton)).as('straight');
  const [isUp, isDown] = [slope.isGreater(0), slope.isLess(0)];
  const isAtEnd = a!.equals(0).and(isDown.not()).or(a!.equals(1).and(isUp.not()));
  const isOver = isAtEnd.or(up.plus(down).isAtMost(0));
  const [lower, upper] = [isUp.select(low!, a!), isUp.select(a!, high!)];
  const [least, most] = [lower.atLeast(0), upper.atMost(1)];
  const isFound = straight.minus(a!).absolute().isLess(4e-6);
  const bounded = straight.atLeast(least).atMost(most);
  const leaves = bounded.isAtMost(lower).or(upper.isAtMost(bounded)).and(isFound.not());
  const moved = leaves.select(least.plus(most).times(0.5), bounded);
  return { a: isOver.select(a!, moved), low: lower, high: upper, active: isOver.or(isFound).select(0, 1) };
}

const search: RowOperation<object> = defineRows<object>({
  name: 'chernoffSearch', formula: 'a − log(A/B)/(log(A/B))′', source, tolerance,
  arguments: [...entries, ...perRow('alone', 'a', 'low', 'high', 'active')],
  steps: () => steps,
  program: (given) => next(given, slopesOf(given, given['a']!)),
});

/** The tensors of `searched`. */
export function chernoffSearch(p: Tensor, q: Tensor): readonly Tensor[] {
  const pair = apply(logarithms, [p, q], {});
  const fields = logarithms.fieldsOf({}, p.width).map(({ from, width }) => columns(pair, from, [width]));
  const [x, larger, aloneP, aloneQ, alone] = fields as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const start = [0.5, -1, 2, 1].map((value) => new Tensor(p.host, [1, 1], 'values', { kind: 'source', data: Float32Array.of(value), trusted: true }));
  const state = apply(search, [x, larger, alone, ...start], {});
  return [x, larger, aloneP, aloneQ, columns(state, 0, [1])];
}

/** Of a sum of lifted shares. */
export const unlifted = (sum: Value): Value => sum.times(1 / lift);
