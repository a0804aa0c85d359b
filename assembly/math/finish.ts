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

/** The derivative of the member in D_α, by its own value. A root has a kink at 0, and 0 among its subgradients there. */
export function slopeOfMember(value: f64, member: i32, factor: f64): f64 {
  if (member === MULTIPLE) return factor;
  return value === 0 ? 0 : factor / (2 * value);
}
