import source from '../../shaders/linear/solve.wgsl?raw';
import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import { apply, batchSize, checkFinite, type Operand, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { defineFrame } from '../engine/frame.ts';
import { doubleSinglePiece } from '../math/double-single.ts';
import { commonPieces } from '../math/pieces.ts';

interface Ridge {
  /** What is added to the diagonal, 0 if it is left out; as f32 has it. */
  readonly ridge?: number;
}

const name = 'solve';
const most = 64;
/** Pivots below this part of their diagonal are lost in the rounding of f32. */
const leastPivot = 2 ** -20;
/** Matrices may be beyond f32 if Σ a_ii (A⁻¹)_ii, which is between their condition with a diagonal of 1 and n times as much, is larger. */
const beyondFloats = 2 ** 18;
const ridgeOf = ({ ridge = 0 }: Ridge): number => Math.fround(ridge);
const isPacked = (matrix: { readonly width: number }, n: number): boolean => matrix.width < n * n;

/** Cholesky's factor in f64, with the inverse of its diagonal, or a status that says why there is none. */
function factorOf(matrix: ArrayLike<number>, n: number, ridge: number, least: number): { readonly status: number; readonly factor: readonly Float64Array[] } {
  const factor: Float64Array[] = [];
  for (let i = 0; i < n; i++) {
    const row = factor[i] = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      const whole = matrix[j + (isPacked({ width: matrix.length }, n) ? (i * (i + 1)) / 2 : i * n)]! + (i === j ? ridge : 0);
      const left = row.subarray(0, j).reduce((rest, x, k) => rest - x * factor[j]![k]!, whole);
      if (j < i) row[j] = left * factor[j]![j]!;
      else if (!(left > least * Math.abs(whole))) return { status: left < -least * Math.abs(whole) ? 2 : 6, factor };
      else row[i] = 1 / Math.sqrt(left);
    }
  }
  return { status: 0, factor };
}

/** L⁻¹ b. */
function forwards(factor: readonly Float64Array[], b: ArrayLike<number>): Float64Array {
  const y = new Float64Array(factor.length);
  for (const [i, row] of factor.entries()) y[i] = row.subarray(0, i).reduce((rest, x, k) => rest - x * y[k]!, b[i]!) * row[i]!;
  return y;
}

/** A⁻¹ b. */
function solved(factor: readonly Float64Array[], b: ArrayLike<number>): Float64Array {
  const x = forwards(factor, b);
  for (let i = factor.length - 1; i >= 0; i--) {
    x[i]! *= factor[i]![i]!;
    for (let k = 0; k < i; k++) x[k]! -= factor[i]![k]! * x[i]!;
  }
  return x;
}

/** A solution by its largest error, a refusal by whether it is due. */
function errorOfRow([matrix, right]: readonly Operand[], parameters: Ridge): (row: number, got: ArrayLike<number>, expected: ArrayLike<number>) => number {
  const n = right!.width;
  return (index, got, expected) => {
    const a = matrix!.row(index);
    const { status, factor } = factorOf(a, n, ridgeOf(parameters), 0);
    if (got[n] !== 0) {
      const units = factor.map((_, i) => forwards(factor, Array.from({ length: n }, (__, k) => Number(k === i))));
      const diagonal = factor.map(({ length: i }) => a[isPacked(matrix!, n) ? (i * (i + 1)) / 2 - 1 : (i - 1) * (n + 1)]! + ridgeOf(parameters));
      const condition = status === 0 ? units.reduce((sum, unit, i) => sum + diagonal[i]! * unit.reduce((square, x) => square + x * x, 0), 0) : Infinity;
      return expected[n] !== 0 || (got[n] === 6 && condition > beyondFloats) ? 0 : Infinity;
    }
    if (status !== 0) return Infinity;
    const x = solved(factor, right!.row(index));
    const size = x.reduce((greatest, each) => Math.max(greatest, Math.abs(each)), 2 ** -126);
    return x.reduce((worst, each, k) => Math.max(worst, Math.abs(got[k]! - each) / size), 0);
  };
}

const operation: Operation<Ridge> = {
  name, formula: 'x with (A + ridge I) x = b, and a status', source: 'Cholesky; Higham 2002, §10',
  arguments: [{ name: 'matrix', takes: 'values', axis: 'rows', width: (n) => n * n }, { name: 'right', takes: 'values', axis: 'rows' }],
  mostOutcomes: most,
  parameters: ['ridge'],
  examples: [{ ridge: 100 }, { ridge: 0 }],
  check({ ridge = 0 }, [matrix, right]) {
    checkFinite(name, 'ridge', ridge);
    if (!(ridge >= 0 && Math.fround(ridge) < Infinity)) throw new DomainError({ operation: name, argument: 'ridge', expected: 'a number of f32 ≥ 0', got: shown(ridge), remedy: 'Leave it out for none.' });
    const n = right!.width;
    if (n > most) throw new ShapeError({ operation: name, argument: 'right', expected: `at most ${most} numbers a row`, got: `${n}`, remedy: 'Solve larger systems by an iteration over products.' });
    if ([n * n, (n * (n + 1)) / 2].includes(matrix!.width)) return;
    throw new ShapeError({ operation: name, argument: 'matrix', expected: `${n * n} numbers a row, or the ${(n * (n + 1)) / 2} of a triangle`, got: `${matrix!.width}`, remedy: 'Give a whole matrix a row, or its lower triangle, row by row.' });
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs), inputs[1]!.width + 1], form: 'values' }),
  tolerance: { ulps: () => 4, relativeTo: 'row', reason: 'corrected until nothing changes; a status is judged by the condition', compare: errorOfRow },
  dearness: (_, [, right]) => ({ webgpu: right!.width, fast: right!.width / 4, reference: right!.width }),
  kernel: {
    pieces: [...commonPieces, doubleSinglePiece, { name: 'linear/solve.wgsl', source }],
    frame: defineFrame({
      inputs: { matrix: 'f32', right: 'f32' }, output: ['solved', 'f32'], calls: 'compute_item',
      uniforms: { packed: 'u32', ridge: 'f32', least_pivot: 'f32' },
    }),
    values: ({ parameters, inputs: [matrix, right] }) => ({ packed: Number(isPacked(matrix!, right!.width)), ridge: ridgeOf(parameters), least_pivot: leastPivot }),
    over: 'elements',
    items: ({ rows }) => rows,
    iterations: ({ width }) => width ** 3 / 24 + 8 * width ** 2,
  },
  cpu: ({ parameters, inputs: [matrix, right] }) => ({
    name, numbers: [Number(isPacked(matrix!, right!.width)), ridgeOf(parameters), leastPivot], scratch: 4 * right!.width * (right!.width + 3),
  }),
  reference: ([matrix, right], parameters) => (row, out) => {
    const { status, factor } = factorOf(matrix!.row(row), right!.width, ridgeOf(parameters), leastPivot);
    if (status === 0) out.set(solved(factor, right!.row(row)));
    out[right!.width] = status;
  },
};

/**
 * Solves a symmetric positive definite system for each row: (A + ridge I) x = b, by Cholesky's factor, corrected to the precision of f32.
 *
 * Shapes: matrix [batchSize, n·n], of which the lower triangle is read, or [batchSize, n (n + 1)/2], that triangle row by row;
 * right [batchSize, n], n ≤ 64; either may have one row for all. The result is [batchSize, n + 1], a solution and its status:
 * 0 solved, 2 not positive definite, 6 too near to singular for f32. Solutions of status 2 and 6 are 0.
 * Errors: ShapeError, DomainError; solutions are within 4 ulp of their largest number for conditions up to 10⁶, and mostly beyond.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), §10 and §12.
 *
 * @example
 * const [x, y, status] = await solve(engine.values([[2, 1, 1, 3]], { outcomes: 4 }), engine.values([[3, 4]], { outcomes: 2 })).read(); // 1, 1, 0
 */
export const solve: { (matrix: Tensor, right: Tensor, parameters?: Ridge): Tensor; readonly operation: Operation<Ridge> } = Object.assign(
  (matrix: Tensor, right: Tensor, parameters: Ridge = {}): Tensor => apply(operation, [matrix, right], parameters), { operation },
);
