/** Functions of D_α that members of the family are. */

export const MULTIPLE = 0;
export const ROOT = 1;
export const ARC = 2;

/** factor D, √(factor D), or the arc 4 asin √(factor D) of at most π. */
export function memberOf(divergence: f64, member: i32, factor: f64): f32 {
  const x = factor * divergence;
  if (member === MULTIPLE) return <f32>x;
  if (member === ROOT) return <f32>Math.sqrt(x);
  return <f32>(4 * NativeMath.asin(Math.sqrt(Math.min(x, 0.5))));
}
