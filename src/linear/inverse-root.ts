import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import { apply, type Composition, type Operand } from '../engine/operation.ts';
import { repeat } from '../engine/repeat.ts';
import type { Tensor } from '../engine/tensor.ts';
import { columns, fieldsOf } from '../math/columns.ts';
import { defineRows, entryIndex, type RowArgument, type Value, valueOf } from '../program/index.ts';
import { directionOf, factorAtOnce, isHardlyPositive, solved, triangleOf } from './cholesky.ts';
import { rowProducts } from './row-products.ts';
import { step } from './strips.ts';

interface Power {
  /** The root, a whole number from 1 to 8: 2 for A^(−1/2), which is where it begins. */
  readonly power: number;
}

type Numbers = Power & { readonly size: number };

const [name, source] = ['inverseRoot', 'coupled Newton’s method; Guo & Higham 2006'];
const [largestPower, largestSize] = [8, 128];
/** Each step lifts small eigenvalues by (1 + 1/p)^p, which is 2 at least, and the last ones square what is missing. */
const steps = 32;
/** Entries of M − I: where it is converged, and beyond what they are of no matrix with eigenvalues between 0 and 1. */
const [converged, diverged] = [2 ** -26, 2];

/** 1 on the diagonal, else 0. */
function identity(size: Value): Value {
  const side = size.plus(1);
  return entryIndex().plus(0.5).over(side).floor().times(side).equals(entryIndex()).select(1, 0);
}

/** A power of two. */
const twoTo = (whole: Value): Value => whole.times(Math.LN2).exp().times(1.0001).binade();
const distance = (m: Value, size: Value): Value => m.minus(identity(size)).single().absolute().max();
const doubles = (...names: string[]): RowArgument[] => names.map((each) => ({ name: each, takes: 'values', isDouble: true }));
const state: readonly RowArgument[] = [
  ...doubles('x', 'm'), { name: 'residual', takes: 'values', per: 'row' }, { name: 'scale', takes: 'values', per: 'row' },
];
const inner = { formula: step.formula, source, tolerance: step.tolerance };

const lifted = defineRows<Numbers>({
  ...inner, name: 'liftedMatrix', arguments: [{ name: 'a', takes: 'values' }],
  program: ({ a }, { size }) => ({ unit: identity(size!).double(), a: a!.double() }),
});

/** X = I and M = A/c^p, c a power of two with c^p at least the Frobenius norm of A, so that no eigenvalue is beyond 1. */
const begun = defineRows<Numbers>({
  ...inner, name: 'inverseRootStart', arguments: doubles('a', 'transposed'),
  program({ a, transposed }, { power, size }) {
    const symmetric = a!.plus(transposed!).times(0.5).as('symmetric');
    const largest = symmetric.single().absolute().max().atLeast(2 ** -126);
    const norm = largest.log().plus(symmetric.single().over(largest).squared().sum().log().times(0.5)).times(1 / Math.LN2);
    const exponent = norm.over(power!).plus(1e-4).negated().floor().negated();
    const m = symmetric.over(twoTo(exponent.times(power!)).double()).as('m');
    return { x: identity(size!).double(), m, residual: distance(m, size!), scale: twoTo(exponent) };
  },
});

/** ((p + 1) I − M)/p. */
const factor = defineRows<Numbers>({
  ...inner, name: 'newtonFactor', arguments: doubles('m'),
  program: ({ m }, { power, size }) => ({ t: identity(size!).times(power!.plus(1)).double().minus(m!).over(power!.double()) }),
});

/** The next state of rows that are neither converged nor diverged; others keep theirs. */
const advanced = defineRows<Numbers>({
  ...inner, name: 'newtonStep', arguments: [...state, ...doubles('nextX', 'nextM')],
  program({ x, m, residual, scale, nextX, nextM }, { size }) {
    const goesOn = residual!.isGreater(converged).and(residual!.isAtMost(diverged));
    const next = (after: Value, before: Value): Value => goesOn.select(after, before);
    return { x: next(nextX!, x!), m: next(nextM!, m!), residual: next(distance(nextM!, size!), residual!), scale: scale! };
  },
});

const ended = defineRows<Numbers>({
  ...inner, name: 'inverseRootEnd', arguments: state,
  program({ x, residual, scale }) {
    const isRoot = residual!.isAtMost(converged);
    const root = isRoot.select(x!.over(scale!.double()).single(), 0);
    return { root, status: isRoot.select(0, residual!.isAtMost(diverged).select(6, valueOf(2))), residual: residual! };
  },
});

function partsOf(of: Tensor, size: number): [x: Tensor, m: Tensor, residual: Tensor, scale: Tensor] {
  const half = 2 * size * size;
  return [columns(of, 0, [half]), columns(of, half, [half]), columns(of, 2 * half, [1]), columns(of, 2 * half + 1, [1])];
}

/** By squares. */
function powerOf(t: Tensor, power: number, size: number): Tensor {
  if (power === 1) return t;
  const root = powerOf(t, Math.floor(power / 2), size);
  const square = rowProducts(root, root, size);
  return power % 2 === 0 ? square : rowProducts(square, t, size);
}

const sizeOf = ({ width }: { readonly width: number }): number => Math.sqrt(width);

/** A root by |X^p A − I| beside |X|^p |A|, which is what rounding X to f32 changes; a refusal by a direction in which A is hardly positive. */
function judge([matrix]: readonly Operand[], { power }: Power): (row: number, got: ArrayLike<number>) => number {
  const n = sizeOf(matrix!);
  const times = (x: Float64Array, y: Float64Array): Float64Array => x.map((_, at) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += x[Math.floor(at / n) * n + k]! * y[k * n + (at % n)]!;
    return sum;
  });
  const norm = (x: Float64Array): number => Math.max(...Array.from({ length: n }, (_, i) => x.subarray(i * n, (i + 1) * n).reduce((sum, each) => sum + Math.abs(each), 0)));
  return (row, got) => {
    const own = matrix!.row(row);
    const a = Float64Array.from({ length: n * n }, (_, at) => (own[at]! + own[(at % n) * n + Math.floor(at / n)]!) / 2);
    const status = got[n * n]!;
    if (status !== 0) return (status === 2 || status === 6) && isRefused(a, n) ? 0 : Infinity;
    const x = Float64Array.from({ length: n * n }, (_, at) => got[at]!);
    if (factorAtOnce(triangleOf(x, n, 0), n).status === 2) return Infinity; // another root
    let product: Float64Array = a;
    for (let k = 0; k < power; k++) product = times(x, product);
    const largest = product.reduce((worst, each, at) => Math.max(worst, Math.abs(each - Number(at % (n + 1) === 0))), 0);
    const error = largest / (norm(x) ** power * norm(a));
    return Number.isNaN(error) ? Infinity : error;
  };
}

function isRefused(a: Float64Array, n: number): boolean {
  const entry = triangleOf(a, n, 0);
  const { status, factor: triangle } = factorAtOnce(entry, n);
  return isHardlyPositive(entry, status === 0 ? solved(triangle, Float64Array.from({ length: n }, (_, k) => Math.cos(k + 1))) : directionOf(triangle, n));
}

const operation: Composition<Power> = {
  name, formula: 'A^(−1/power) and a status', source,
  arguments: [{ name: 'matrix', takes: 'values', axis: 'rows', width: (n) => Math.min(n, 16) ** 2 }],
  parameters: ['power'], examples: [1, 2, 3, 4].map((power) => ({ power })),
  check({ power }, [matrix]) {
    if (!(Number.isInteger(power) && power >= 1 && power <= largestPower)) throw new DomainError({ operation: name, argument: 'power', expected: `a whole number from 1 to ${largestPower}`, got: shown(power), remedy: 'Pass { power: 2 } for A^(−1/2).' });
    const n = sizeOf(matrix!);
    if (Number.isInteger(n) && n >= 1 && n <= largestSize) return;
    throw new ShapeError({ operation: name, argument: 'matrix', expected: `n·n numbers a row, n ≤ ${largestSize}`, got: `${matrix!.width}`, remedy: 'Give a whole matrix a row.' });
  },
  result: ([matrix]) => ({ shape: [matrix!.rows, matrix!.width + 2], form: 'values' }),
  fields: ([matrix]) => ({ root: [sizeOf(matrix!), sizeOf(matrix!)], status: [], residual: [] }),
  tolerance: { ulps: ({ power }) => 1 + power, relativeTo: 'row', reason: 'of |X^p A − I| beside |X|^p |A|, for X is rounded to f32', judge },
  passes: () => steps,
  dearness: (_, [matrix]) => ({ webgpu: 4 * sizeOf(matrix!), fast: sizeOf(matrix!), reference: 4 * sizeOf(matrix!) }),
  compose([matrix], { power }) {
    const size = sizeOf(matrix!);
    const numbers = { power, size };
    const both = apply(lifted, [matrix!], numbers);
    const [unit, a] = [0, 2 * matrix!.width].map((from) => columns(both, from, [2 * matrix!.width]));
    const start = apply(begun, [a!, rowProducts(unit!, a!, size)], numbers);
    const end = repeat(start, { steps }, (before) => {
      const [x, m, ...rest] = partsOf(before, size);
      const t = apply(factor, [m], numbers);
      return apply(advanced, [x, m, ...rest, rowProducts(x, t, size), rowProducts(powerOf(t, power, size), m, size)], numbers);
    });
    return apply(ended, partsOf(end, size), numbers);
  },
};

/**
 * The inverse root of a symmetric positive definite matrix for each row: X with X^power A = I, by the coupled Newton's method in doubles.
 *
 * Shapes: matrix [batchSize, n·n], of which the symmetric part is taken, n ≤ 128; the results are the root [batchSize, n, n], a
 * status [batchSize], 0 converged, 2 not positive definite, 6 too near to singular for f32, and the residual [batchSize], the
 * largest entry of |X^power A − I| before X is rounded. Roots of status 2 and 6 are 0.
 * Errors: ShapeError, DomainError; for conditions up to 10⁶ roots are within 4 ulp of their largest number.
 * Source: Guo & Higham, SIAM J. Matrix Anal. Appl. 28 (2006); Iannazzo, ibid.
 *
 * @example
 * const { root, status } = inverseRoot(engine.values([[4, 0, 0, 9]], { outcomes: 4 }), { power: 2 });
 * console.log(await root.read(), await status.read()); // [1/2, 0, 0, 1/3] and [0], of one run
 */
export const inverseRoot: {
  (matrix: Tensor, parameters: Power): { readonly root: Tensor; readonly status: Tensor; readonly residual: Tensor };
  readonly operation: Composition<Power>;
} = Object.assign(
  (matrix: Tensor, parameters: Power) => fieldsOf<'root' | 'status' | 'residual'>(apply(operation, [matrix], parameters)), { operation },
);
