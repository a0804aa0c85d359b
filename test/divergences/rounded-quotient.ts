/** Σ w x/Σ v of f32 in whole numbers of any length, rounded once to f32. Without v the sum itself. */
export function roundedQuotient(x: Float32Array, w: Float32Array, v: Float32Array | undefined): number {
  let [sum, total] = [0n, v ? 0n : 1n << 149n];
  x.forEach((value, k) => { sum += whole(value) * whole(w[k]!); });
  v?.forEach((value) => { total += whole(value); });
  return rounded(sum << 2n, total << 151n); // in units of 2^−298
}

/** x 2^149. */
function whole(x: number): bigint {
  return BigInt(x * 2 ** 100) * 2n ** 49n || BigInt(x * 2 ** 149);
}

/** The f32 next to a positive quotient of normal size, the even one of two. */
function rounded(above: bigint, below: bigint): number {
  let exponent = above.toString(2).length - below.toString(2).length - 24;
  const quotientAt = (e: number): [bigint, bigint] => {
    const [a, b] = e >= 0 ? [above, below << BigInt(e)] : [above << BigInt(-e), below];
    return [a / b, 2n * (a % b) - b];
  };
  if (quotientAt(exponent)[0] >= 2n ** 24n) exponent++;
  const [quotient, beyondHalf] = quotientAt(exponent);
  const up = beyondHalf > 0n || (beyondHalf === 0n && quotient % 2n === 1n);
  return Number(quotient + (up ? 1n : 0n)) * 2 ** exponent;
}
