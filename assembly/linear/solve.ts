/** Solves (A + ridge I) x = b for symmetric positive definite A, by Cholesky's factor in f64. Twin: src/linear/solve.ts */
import { strideOf } from '../math/quads';
import { dot } from './row-products';

/** Statuses; 0 where it is solved. */
const INFEASIBLE: f32 = 2;
const IMPRECISE: f32 = 6;

/** The scratch holds the factor, row by row and with the inverse of its diagonal, and then a solution. */
export function solve(
  rows: i32, _width: i32, out: usize, factor: usize, matrix: usize, rowsOfMatrix: i32, widthOfMatrix: i32, right: usize, rowsOfRight: i32, n: i32,
  packed: f64, ridge: f64, leastPivot: f64,
): void {
  const x = triangle(factor, n, 3);
  for (let row = 0; row < rows; row++, matrix += strideOf(rowsOfMatrix, widthOfMatrix), right += strideOf(rowsOfRight, n), out += <usize>(n + 1) << 2) {
    const status = factorise(x, factor, matrix, n, packed !== 0, ridge, leastPivot);
    if (status === 0) solveFactored(x, factor, right, n);
    for (let i: usize = 0; i < <usize>n; i++) store<f32>(out + (i << 2), <f32>load<f64>(x + (i << 3)));
    store<f32>(out + (<usize>n << 2), status);
  }
}

/** Where row i of a triangle begins, whose numbers have 2^shift bytes. */
@inline
function triangle(start: usize, i: i32, shift: usize): usize {
  return start + ((<usize>(i * (i + 1)) >> 1) << shift);
}

/** If there is no factor, x becomes a direction in which the matrix is not positive. */
function factorise(x: usize, factor: usize, matrix: usize, n: i32, packed: bool, ridge: f64, leastPivot: f64): f32 {
  for (let i = 0; i < n; i++) {
    const row = triangle(factor, i, 3);
    const entries = packed ? triangle(matrix, i, 2) : matrix + (<usize>(i * n) << 2);
    for (let j = 0; j < i; j++) {
      const other = triangle(factor, j, 3);
      store<f64>(row + (<usize>j << 3), (<f64>load<f32>(entries + (<usize>j << 2)) - dot(row, other, j)) * load<f64>(other + (<usize>j << 3)));
    }
    const whole = <f64>load<f32>(entries + (<usize>i << 2)) + ridge;
    const pivot = whole - dot(row, row, i);
    const least = leastPivot * Math.abs(whole);
    if (!(pivot > least)) {
      memory.fill(x, 0, <usize>n << 3);
      for (let k: usize = 0; k < <usize>i << 3; k += 8) store<f64>(x + k, -load<f64>(row + k));
      backwards(x, factor, i);
      store<f64>(x + (<usize>i << 3), 1);
      return pivot < -least ? INFEASIBLE : IMPRECISE;
    }
    store<f64>(row + (<usize>i << 3), 1 / Math.sqrt(pivot));
  }
  return 0;
}

function solveFactored(x: usize, factor: usize, right: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const row = triangle(factor, i, 3);
    store<f64>(x + (<usize>i << 3), (<f64>load<f32>(right + (<usize>i << 2)) - dot(row, x, i)) * load<f64>(row + (<usize>i << 3)));
  }
  backwards(x, factor, n);
}

function backwards(x: usize, factor: usize, n: i32): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = triangle(factor, i, 3);
    const own = load<f64>(x + (<usize>i << 3)) * load<f64>(row + (<usize>i << 3));
    store<f64>(x + (<usize>i << 3), own);
    for (let k: usize = 0; k < <usize>i << 3; k += 8) store<f64>(x + k, load<f64>(x + k) - load<f64>(row + k) * own);
  }
}
