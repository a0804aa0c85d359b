/** Entries of inputs to registers, and registers to the result. */
import { lower, narrowed, partial, upper } from '../math/quads';
import { massOf, putQuad } from '../math/rows';
import { inputAt } from './inputs';
import { bytes, count, from, isAcross, lane, out, outWidth, overSteps, QUAD, row, step as stepOfLoop } from './state';

export const SINGLE = 0;
export const WEIGHT = 1;
export const DOUBLE = 2;

/** An input: its place, the bytes from row to row, and its entries, of which a double has two numbers. */
let at: usize = 0;
let stride: usize = 0;
let entries: i32 = 0;

function setInput(kind: i32, index: u32): void {
  const input = inputAt(index);
  const width = <i32>load<f64>(input, 16);
  at = <usize>load<f64>(input);
  stride = <usize>load<f64>(input, 8);
  if (overSteps & (1 << index)) {
    at += (<usize>stepOfLoop * width) << 2;
    stride = 0;
  }
  entries = kind === DOUBLE ? width >> 1 : width;
}

/** x scale + offset of the entries of the stretch, for |x| of weights. */
export function loadEntries(
  kind: i32, d: usize, input: u32, scale: usize, stepOfScale: usize, offset: usize, step: usize,
): void {
  setInput(kind, input);
  const x = at + row * stride + ((<usize>from) << 2);
  const sign = i64x2.splat(kind === WEIGHT ? i64.MAX_VALUE : -1);
  if (kind !== DOUBLE) return convert(d, x, sign, scale, stepOfScale, offset, step);
  convert(d, x + ((<usize>entries) << 2), sign, scale, stepOfScale, offset, step);
  convert(d, x, sign, scale, stepOfScale, d, QUAD);
}

/** Across rows it may read beyond the last, where memory goes on. */
function convert(d: usize, x: usize, sign: v128, scale: usize, stepOfScale: usize, offset: usize, step: usize): void {
  const end = d + bytes;
  const factor = v128.load(scale);
  const present = <usize>(isAcross ? 0 : max(0, min(count, entries - from)));
  if (isAcross && from < entries) {
    for (; d < end; d += QUAD, x += 4 * stride, scale += stepOfScale, offset += step) {
      const low = v128.load32_lane(x + stride, v128.load32_zero(x), 1);
      const high = v128.load32_lane(x + 3 * stride, v128.load32_zero(x + 2 * stride), 1);
      const first = scaled(lower(low), sign, v128.load(scale), offset);
      put(d, first, scaled(lower(high), sign, v128.load(scale, 16), offset + 16));
    }
    return;
  }
  for (const whole = d + ((present & ~3) << 3); d < whole; d += QUAD, x += 16, offset += step) {
    const low = lower(v128.load64_zero(x));
    const high = lower(v128.load64_zero(x, 8));
    put(d, scaled(low, sign, factor, offset), scaled(high, sign, factor, offset + 16));
  }
  for (let rest = <i32>(present & 3); d < end; d += QUAD, offset += step, rest = 0) {
    const last = rest > 0 ? partial(x, rest) : f32x4.splat(0);
    put(d, scaled(lower(last), sign, factor, offset), scaled(upper(last), sign, factor, offset + 16));
  }
}

@inline
function put(d: usize, low: v128, high: v128): void {
  v128.store(d, low);
  v128.store(d, high, 16);
}

@inline
function scaled(x: v128, sign: v128, factor: v128, offset: usize): v128 {
  return f64x2.add(f64x2.mul(v128.and(x, sign), factor), v128.load(offset));
}

/** What the rows of the stretch add up to. */
export function masses(d: usize, input: u32): void {
  setInput(WEIGHT, input);
  let mass: f64 = 0;
  for (let i = 0; i < <i32>(bytes >> 3); i++, d += 8) {
    if (i < count) mass = massOf(at + (row + i) * stride, entries);
    store<f64>(d, mass);
  }
}

/** The entries of the rows of the stretch at an index of each. */
export function gather(kind: i32, d: usize, input: u32, index: usize, step: usize): void {
  setInput(kind, input);
  for (let i = 0; i < <i32>(bytes >> 3); i++) {
    const from = min(i, count - 1);
    const k = <i32>lane(index, step, from);
    const x = at + (row + from) * stride + ((<usize>k) << 2);
    let y: f64 = 0;
    if (<u32>k < <u32>entries) {
      y = <f64>load<f32>(x);
      if (kind === WEIGHT) y = Math.abs(y);
      if (kind === DOUBLE) y += load<f32>(x + ((<usize>entries) << 2));
    }
    store<f64>(d + ((<usize>i) << 3), y);
  }
}

/** x scale to a field of the result; of a double what f32 leaves of it besides. */
export function storeEntries(
  isDouble: bool, field: usize, x: usize, step: usize, scale: usize, scaleStep: usize,
): void {
  const width = <i32>load<f64>(field, QUAD);
  const low = (<usize>width) << 2;
  let to = out + ((<usize>row * outWidth + <i32>load<f64>(field) + from) << 2);
  if (isAcross) {
    if (from >= width) return;
    for (let i = 0; i < count; i++, to += (<usize>outWidth) << 2) {
      const y = lane(x, step, i) * lane(scale, scaleStep, i);
      store<f32>(to, <f32>y);
      if (isDouble) store<f32>(to + low, <f32>(y - <f32>y));
    }
    return;
  }
  const factor = v128.load(scale);
  for (const end = to + ((<usize>max(0, min(count, width - from))) << 2); to < end; to += 16, x += step) {
    const first = f64x2.mul(v128.load(x), factor);
    const second = f64x2.mul(v128.load(x, 16), factor);
    const high = narrowed(first, second);
    putQuad(to, end, high);
    if (!isDouble) continue;
    putQuad(to + low, end + low, narrowed(f64x2.sub(first, lower(high)), f64x2.sub(second, upper(high))));
  }
}
