import source from '../../shaders/math/log-double.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** log x as a pair of f32 in WGSL. */
export const logDoublePiece: Piece = { name: 'math/log-double.wgsl', source };

/** A number as an unevaluated sum of two f64. */
export type Pair = readonly [high: number, low: number];

const splitter = 2 ** 27 + 1;

/** x + y exactly (Knuth). */
function twoSum(x: number, y: number): Pair {
  const sum = x + y;
  const part = sum - x;
  return [sum, x - (sum - part) + (y - part)];
}

/** x y exactly (Dekker). */
function twoProduct(x: number, y: number): Pair {
  const upper = (of: number): number => splitter * of - (splitter * of - of);
  const [product, xUpper, yUpper] = [x * y, upper(x), upper(y)];
  const [xLower, yLower] = [x - xUpper, y - yUpper];
  return [product, xUpper * yUpper - product + xUpper * yLower + xLower * yUpper + xLower * yLower];
}

export function sumOfPairs([x, xLow]: Pair, [y, yLow]: Pair): Pair {
  const [sum, low] = twoSum(x, y);
  return twoSum(sum, low + (xLow + yLow));
}

function productOfPairs([x, xLow]: Pair, [y, yLow]: Pair): Pair {
  const [product, low] = twoProduct(x, y);
  return twoSum(product, low + (x * yLow + xLow * y));
}

export function quotientOf(x: number, y: number): Pair {
  const quotient = x / y;
  if (!Number.isFinite(quotient) || Math.abs(x) > 1e290) return [quotient, 0];
  const [product, low] = twoProduct(quotient, y);
  return twoSum(quotient, (x - product - low) / y);
}

/** log 2 in two parts. */
const log2: Pair = [Math.LN2, 2.3190468138462996e-17];
const terms = 24;

/** log x of a positive f32 to 2⁻¹⁰⁰ or so: 2 atanh(s), s = (m − 1)/(m + 1), and the multiple of log 2. */
export function logDouble(x: number): Pair {
  let exponent = Math.floor(Math.log2(x));
  if (x / 2 ** exponent > Math.SQRT2) exponent++;
  const m = x / 2 ** exponent;
  const s = quotientOf(m - 1, m + 1); // both exact, since m has 24 bits
  const z = productOfPairs(s, s);
  let series: Pair = [0, 0];
  for (let n = 2 * terms + 1; n >= 1; n -= 2) series = sumOfPairs(quotientOf(1, n), productOfPairs(z, series));
  const [high, low] = productOfPairs(s, series);
  return sumOfPairs(productOfPairs([exponent, 0], log2), [2 * high, 2 * low]);
}
