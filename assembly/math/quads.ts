/** Four f32 at a time. */

@inline
export function quad(x: f32): v128 {
  return f32x4.splat(x);
}

@inline
export function bits(x: i32): v128 {
  return i32x4.splat(x);
}

/** a b + c in two roundings: WebAssembly has no other. */
@inline
export function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** |x|, in one instruction. */
@inline
export function magnitude(x: v128): v128 {
  return v128.and(x, bits(0x7fffffff));
}

/** The first two of four f32 as f64. */
@inline
export function lower(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two. */
@inline
export function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
}

/** A running sum in f64 plus four f32. */
@inline
export function accumulated(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.add(lower(x), upper(x)));
}

/** The sum of two f64. */
@inline
export function total(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** The greatest of four. */
export function greatestOf(x: v128): f32 {
  return max(max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}

/** Two pairs of f64 as four f32. */
@inline
export function narrowed(low: v128, high: v128): v128 {
  const x = f32x4.demote_f64x2_zero(low);
  const y = f32x4.demote_f64x2_zero(high);
  return i8x16.shuffle(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** The first `count` of four numbers, and zeros. */
@inline
export function partial(at: usize, count: i32): v128 {
  let x = f32x4.splat(0);
  x = f32x4.replace_lane(x, 0, load<f32>(at));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(at, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(at, 8));
  return x;
}

/** Four numbers, or the first `count` of them and zeros. */
@inline
export function quadOf(at: usize, count: i32): v128 {
  return count === 4 ? v128.load(at) : partial(at, count);
}

/** The first `count` of four numbers to memory. */
export function storePartial(at: usize, x: v128, count: i32): void {
  if (count === 4) {
    v128.store(at, x);
    return;
  }
  v128.store32_lane(at, x, 0);
  if (count > 1) v128.store32_lane(at, x, 1, 4);
  if (count > 2) v128.store32_lane(at, x, 2, 8);
}

/** The bytes from a row of an operand to the next; a single row serves all. */
@inline
export function strideOf(rows: i32, width: i32): usize {
  return rows === 1 ? 0 : (<usize>width) << 2;
}

/** 2^n in f64, for |n| ≤ 1022. */
@inline
export function powerOfTwo(n: i32): f64 {
  return reinterpret<f64>((<i64>(1023 + min(max(n, -1022), 1023))) << 52);
}
