export const LOG2: f64 = 0.6931471805599453;

/** exp in f64, to 40 bits; 0 below −708. */
export function exponential(x: f64): f64 {
  if (x < -708) return 0;
  if (x > 709) return Infinity;
  const n = nearest(x / LOG2);
  return (1 + NativeMath.expm1(x - n * LOG2)) * reinterpret<f64>((<i64>n + 1023) << 52);
}
