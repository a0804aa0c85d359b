/** Cholesky's factor in f64, and what it says of a matrix that has none. Source: Higham 2002, §10. */

/** Pivots below this part of their diagonal are lost in the rounding of f32. */
export const leastPivot: number = 2 ** -20;
/** Of its diagonal's curvature a direction may have so much for each number where f32 cannot tell it from none. */
const leastCurvature = 2 ** -18;

/** The entry in row i and column j ≤ i. */
type Triangle = (i: number, j: number) => number;

export const isPacked = (matrix: { readonly width: number }, n: number): boolean => matrix.width < n * n;

/** The lower triangle of A + ridge I. */
export function triangleOf(matrix: ArrayLike<number>, n: number, ridge: number): Triangle {
  const start = isPacked({ width: matrix.length }, n) ? (i: number): number => (i * (i + 1)) / 2 : (i: number): number => i * n;
  return (i, j) => matrix[start(i) + j]! + (i === j ? ridge : 0);
}

interface Factored {
  /** 0, or why there is no factor. */
  readonly status: number;
  readonly factor: readonly Float64Array[];
}

/** Cholesky's factor in f64, with the inverse of its diagonal; if there is none, as far as its pivots are positive, and the next row. */
export function* factorOf(entry: Triangle, n: number): Generator<void, Factored> {
  const factor: Float64Array[] = [];
  for (let i = 0; i < n; i++) {
    yield;
    const row = factor[i] = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      const whole = entry(i, j);
      const left = row.subarray(0, j).reduce((rest, x, k) => rest - x * factor[j]![k]!, whole);
      if (j < i) row[j] = left * factor[j]![j]!;
      else if (!(left > leastPivot * Math.abs(whole))) return { status: left < -leastPivot * Math.abs(whole) ? 2 : 6, factor };
      else row[i] = 1 / Math.sqrt(left);
    }
  }
  return { status: 0, factor };
}

/** Of a small matrix. */
export function factorAtOnce(entry: Triangle, n: number): Factored {
  const rows = factorOf(entry, n);
  for (let row = rows.next(); ; row = rows.next()) if (row.done) return row.value;
}

/** L⁻ᵀ y of the first `count` rows, in place. */
function backwards(factor: readonly Float64Array[], y: Float64Array, count = factor.length): void {
  for (let i = count - 1; i >= 0; i--) {
    y[i]! *= factor[i]![i]!;
    for (let k = 0; k < i; k++) y[k]! -= factor[i]![k]! * y[i]!;
  }
}

/** A⁻¹ b. */
export function solved(factor: readonly Float64Array[], b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(factor.length);
  for (const [i, row] of factor.entries()) x[i] = row.subarray(0, i).reduce((rest, each, k) => rest - each * x[k]!, b[i]!) * row[i]!;
  backwards(factor, x);
  return x;
}

/** d with dᵀ(A + ridge I)d the pivot of the last row, which is not positive. */
export function directionOf(factor: readonly Float64Array[], n: number): Float64Array {
  const [last, d] = [factor.length - 1, new Float64Array(n)];
  d.set(factor[last]!.map((x) => -x));
  backwards(factor, d, last);
  d[last] = 1;
  return d;
}

/** Whether there is next to no dᵀA d > 0, as far as f32 can tell. */
export function isHardlyPositive(entry: Triangle, d: ArrayLike<number>): boolean {
  let [curvature, ofDiagonal] = [0, 0];
  for (let i = 0; i < d.length; i++) {
    for (let j = 0; j < i; j++) curvature += 2 * entry(i, j) * d[i]! * d[j]!;
    curvature += entry(i, i) * d[i]! * d[i]!;
    ofDiagonal += Math.abs(entry(i, i)) * d[i]! * d[i]!;
  }
  return Array.from(d).some((x) => x !== 0) && curvature <= d.length * leastCurvature * ofDiagonal;
}
