import source from '../../shaders/linear/solve.wgsl?raw';
import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import { apply, batchSize, checkFinite, type Operand, type Operation } from '../engine/operation.ts';
import { defineFrame } from '../engine/frame.ts';
import type { Dispatch } from '../engine/kernel.ts';
import { lanesOf } from '../engine/regimes.ts';
import type { Tensor } from '../engine/tensor.ts';
import { columns, fieldsOf } from '../math/columns.ts';
import { doubleSinglePiece } from '../math/double-single.ts';
import { directionOf, factorOf, isHardlyPositive, isPacked, leastPivot, solved, triangleOf } from './cholesky.ts';
import { step } from './strips.ts';

interface Ridge {
  /** What is added to the diagonal, 0 if it is left out; as f32 has it. */
  readonly ridge?: number;
}

const name = 'solve';
const most = 512;
/** What is too small for f32 may be flushed to 0. */
const tiny = 2 ** -103;
const ridgeOf = ({ ridge = 0 }: Ridge): number => Math.fround(ridge);

/** A solution by its residual, beside what rounding it to f32 may leave; a refusal by its direction, in which the matrix must hardly be positive. */
function judge([matrix, right]: readonly Operand[], parameters: Ridge): (row: number, got: ArrayLike<number>) => number {
  const n = right!.width;
  return (index, got) => {
    const [entry, b, status] = [triangleOf(matrix!.row(index), n, ridgeOf(parameters)), right!.row(index), got[n]!];
    const x = Array.from({ length: n }, (_, i) => got[i]!);
    const largest = x.reduce((size, each) => Math.max(size, Math.abs(each)), tiny);
    if (status !== 0) return (status === 2 || status === 6) && isHardlyPositive(entry, x) ? 0 : Infinity;
    let worst = 0;
    for (let i = 0; i < n; i++) {
      let [product, size] = [0, 0];
      for (let j = 0; j < n; j++) {
        const a = entry(Math.max(i, j), Math.min(i, j));
        product += a * x[j]!;
        size += Math.abs(a);
      }
      worst = Math.max(worst, product === b[i] ? 0 : Math.abs(product - b[i]!) / (size * largest + Math.abs(b[i]!)));
    }
    return Number.isNaN(worst) ? Infinity : worst;
  };
}

const given: Operation<Ridge>['arguments'] = [
  { name: 'matrix', takes: 'values', axis: 'rows', width: (n) => n * n }, { name: 'right', takes: 'values', axis: 'rows' },
];

/** Corrections of a solution at most. */
const corrections = 16;
/** Turns of a lane in a step that has a row for itself, and of one of the lanes that share it. */
const turnsAlone = (n: number): number => 2 * n * n;
const turnsShared = (n: number): number => 4 * n * Math.ceil(n / lanesOf.workgroup);
/** Longer rows are shared everywhere, since one lane would take too long for a step. */
const mostAlone = 128;
/** Rows that a lane is better at. */
const fewAlone = 32;
/** Turns of all steps that go into one dispatch. */
const fewTurns = 2 ** 15;

const numbersOf = ({ parameters, inputs: [matrix, right] }: Pick<Dispatch<Ridge>, 'parameters' | 'inputs'>): Record<'packed' | 'ridge' | 'least_pivot', number> =>
  ({ packed: Number(isPacked(matrix!, right!.width)), ridge: ridgeOf(parameters), least_pivot: leastPivot });

/** The solution and the status, and behind them what steps leave to the next: each makes a column of the factor, or a correction. */
const elimination: Operation<Ridge> = {
  ...step, name: 'elimination', arguments: given,
  result: (inputs) => ({ shape: [batchSize(operation, inputs), (inputs[1]!.width + 1) ** 2 + 1], form: 'values' }),
  kernel: {
    pieces: [doubleSinglePiece, { name: 'linear/solve.wgsl', source }],
    frame: defineFrame({
      inputs: { matrix: 'f32', right: 'f32' }, output: ['solved', 'f32'], calls: 'compute_item',
      uniforms: { packed: 'u32', ridge: 'f32', least_pivot: 'f32', last_step: 'u32', first_step: 'u32', steps: 'u32' },
    }),
    values(dispatch) {
      const n = dispatch.inputs[1]!.width;
      return { ...numbersOf(dispatch), outcomes: n, last_step: n + corrections - 1, first_step: 0, steps: n + corrections };
    },
    loop({ inputs: [, right] }) {
      const n = right!.width;
      const [steps, turns] = [n + corrections, n <= mostAlone ? turnsAlone(n) : turnsShared(n)];
      return n <= fewAlone && steps * turns <= fewTurns ? undefined : { steps, turns, active: n + 1 };
    },
    over: 'rows',
    iterations: ({ inputs: [, right] }) => (right!.width <= fewAlone ? right!.width : turnsAlone(right!.width)),
  },
};

const operation: Operation<Ridge> = {
  name, formula: 'x with (A + ridge I) x = b, and a status', source: 'Cholesky; Higham 2002, §10',
  arguments: given,
  mostOutcomes: most,
  parameters: ['ridge'],
  examples: [{ ridge: 100 }, { ridge: 0 }],
  check({ ridge = 0 }, [matrix, right]) {
    checkFinite(name, 'ridge', ridge);
    if (!(ridge >= 0 && Math.fround(ridge) < Infinity)) throw new DomainError({ operation: name, argument: 'ridge', expected: 'a number of f32 ≥ 0', got: shown(ridge), remedy: 'Leave it out for none.' });
    const n = right!.width;
    if (n > most) throw new ShapeError({ operation: name, argument: 'right', expected: `at most ${most} numbers a row`, got: `${n}`, remedy: 'Solve larger systems by an iteration over product().' });
    if ([n * n, (n * (n + 1)) / 2].includes(matrix!.width)) return;
    throw new ShapeError({ operation: name, argument: 'matrix', expected: `${n * n} numbers a row, or the ${(n * (n + 1)) / 2} of a triangle`, got: `${matrix!.width}`, remedy: 'Give a whole matrix a row, or its lower triangle, row by row.' });
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs), inputs[1]!.width + 1], form: 'values' }),
  fields: ([, right]) => ({ solution: [right!.width], status: [] }),
  tolerance: { ulps: () => 4, relativeTo: 'row', reason: 'of |A x − b| beside |A| max |x| + |b|, for solutions are corrected until nothing changes', judge },
  dearness: (_, [, right]) => ({ webgpu: right!.width, fast: right!.width / 4, reference: right!.width }),
  compose: ([matrix, right], parameters) => columns(apply(elimination, [matrix!, right!], parameters), 0, [right!.width + 1]),
  cpu: (dispatch) => ({
    name, numbers: Object.values(numbersOf(dispatch)), scratch: 4 * (dispatch.width - 1) * (dispatch.width + 2),
  }),
  reference: ([matrix, right], parameters) => function* (row, out) {
    const n = right!.width;
    const { status, factor } = yield* factorOf(triangleOf(matrix!.row(row), n, ridgeOf(parameters)), n);
    out.set(status === 0 ? solved(factor, right!.row(row)) : directionOf(factor, n));
    out[n] = status;
  },
};

/**
 * Solves a symmetric positive definite system for each row: (A + ridge I) x = b, by Cholesky's factor, corrected to the precision of f32.
 *
 * Shapes: matrix [batchSize, n·n], of which the lower triangle is read, or [batchSize, n (n + 1)/2], that triangle row by row;
 * right [batchSize, n], n ≤ 512; either may have one row for all. The results are the solution [batchSize, n] and a status [batchSize]:
 * 0 solved, 2 not positive definite, 6 too near to singular for f32. Of status 2 and 6 the solution is the proof: a direction d
 * in which dᵀ(A + ridge I) d is negative, or next to nothing. A check judges a row by its residual, or by this direction.
 * Errors: ShapeError, DomainError; solutions are within 4 ulp of their largest number for conditions up to 10⁶, and mostly beyond.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), §10 and §12.
 *
 * @example
 * const { solution, status } = solve(engine.values([[2, 1, 1, 3]], { outcomes: 4 }), engine.values([[3, 4]], { outcomes: 2 }));
 * console.log(await solution.read(), await status.read()); // [1, 1] and [0], of one run
 */
export const solve: {
  (matrix: Tensor, right: Tensor, parameters?: Ridge): { readonly solution: Tensor; readonly status: Tensor };
  readonly operation: Operation<Ridge>;
} = Object.assign(
  (matrix: Tensor, right: Tensor, parameters: Ridge = {}) => fieldsOf<'solution' | 'status'>(apply(operation, [matrix, right], parameters)), { operation },
);
