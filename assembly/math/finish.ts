/** Functions of D_α that members of the family are. */
import { quad } from './quads';

const MULTIPLE = 0;
const ROOT = 1;
const ARC = 2;

/** What divergences of distributions do not exceed; KL, without a table, has no bound. */
@inline
export function boundOf(table: usize): f64 {
  const bound: f32 = table === 0 ? 0 : load<f32>(table, 104);
  return bound > 0 ? bound : Infinity;
}

/** factor D, √(factor D), or the arc 4 asin √(factor D) of at most π. */
export function memberOf(divergence: f64, member: i32, factor: f64): f32 {
  const x = factor * divergence;
  if (member === MULTIPLE) return <f32>x;
  if (member === ROOT) return <f32>Math.sqrt(x);
  return <f32>(4 * NativeMath.asin(Math.sqrt(Math.min(x, 0.5))));
}

/** The member of four divergences, in f32 but for the arc. */
@inline
export function membersOf(divergences: v128, member: i32, factor: f32): v128 {
  if (member === ARC) return arcsOf(divergences, factor);
  const x = f32x4.mul(divergences, quad(factor));
  return member === ROOT ? f32x4.sqrt(x) : x;
}

function arcsOf(divergences: v128, factor: f64): v128 {
  let arcs = f32x4.splat(memberOf(f32x4.extract_lane(divergences, 0), ARC, factor));
  arcs = f32x4.replace_lane(arcs, 1, memberOf(f32x4.extract_lane(divergences, 1), ARC, factor));
  arcs = f32x4.replace_lane(arcs, 2, memberOf(f32x4.extract_lane(divergences, 2), ARC, factor));
  return f32x4.replace_lane(arcs, 3, memberOf(f32x4.extract_lane(divergences, 3), ARC, factor));
}

/** The derivative of the member in D_α, by its own value. A root has a kink at 0, and 0 among its subgradients there. */
export function slopeOfMember(value: f64, member: i32, factor: f64): f64 {
  if (member === MULTIPLE) return factor;
  return value === 0 ? 0 : factor / (2 * value);
}
