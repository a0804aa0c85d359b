/** What the instructions of row programs do. */
import { arcsine, digamma, exponential, exprel2, logRatio, sine, sizeOf } from './elementary';
import { DOUBLE, gather, loadEntries, masses, SINGLE, storeEntries, WEIGHT } from './entries';
import { argmax, MAX, reduce, SUM } from './reductions';
import { bytes, CONSTANT, isAcross, operand, QUAD, settle, stepOf } from './state';

/** In the order of `operations` in src/program/machine-code.ts. */
const enum Op {
  add, subtract, multiply, divide, absolute, minimum, maximum, floor, less, lessOrEqual, equal, and, or, not, select,
  sqrt, binade, exprel2, multiplyAdd, multiplySubtract, perUnit, infinite, size, exp, expm1, weigh, log, sin, cos, asin,
  digamma, settle, mass, index, load, loadWeight, loadDouble, at, atWeight, atDouble, store, storeDouble, sum, max, argmax,
}

/** Runs instructions: the operation, the place of the result and three operands of each. */
export function run(at: usize, end: usize): void {
  for (; at < end; at += 20) {
    const d = operand(load<u32>(at, 4));
    const input = load<u32>(at, 8);
    const x = operand(input);
    const y = operand(load<u32>(at, 12));
    const z = operand(load<u32>(at, 16));
    const stepX = stepOf(input);
    const stepY = stepOf(load<u32>(at, 12));
    const stepZ = stepOf(load<u32>(at, 16));
    switch (load<u32>(at)) {
      case Op.absolute: { one(Op.absolute, d, x, stepX); break; }
      case Op.sqrt: { one(Op.sqrt, d, x, stepX); break; }
      case Op.add: { two(Op.add, d, x, stepX, y, stepY); break; }
      case Op.subtract: { two(Op.subtract, d, x, stepX, y, stepY); break; }
      case Op.multiply: { two(Op.multiply, d, x, stepX, y, stepY); break; }
      case Op.divide: { two(Op.divide, d, x, stepX, y, stepY); break; }
      case Op.minimum: { two(Op.minimum, d, x, stepX, y, stepY); break; }
      case Op.maximum: { two(Op.maximum, d, x, stepX, y, stepY); break; }
      case Op.less: { two(Op.less, d, x, stepX, y, stepY); break; }
      case Op.equal: { two(Op.equal, d, x, stepX, y, stepY); break; }
      case Op.select: { three(Op.select, d, x, stepX, y, stepY, z, stepZ); break; }
      case Op.size: { three(Op.size, d, x, stepX, y, stepY, z, stepZ); break; }
      case Op.multiplyAdd: { three(Op.multiplyAdd, d, x, stepX, y, stepY, z, stepZ); break; }
      case Op.multiplySubtract: { three(Op.multiplySubtract, d, x, stepX, y, stepY, z, stepZ); break; }
      case Op.exp: { exponentials(d, x, stepX, y, stepY, 0, 0); break; }
      case Op.expm1: { exponentials(d, x, stepX, y, stepY, 1, 0); break; }
      case Op.weigh: { exponentials(d, y, stepY, x, stepX, 0, 24); break; }
      case Op.log: { logarithms(d, x, stepX, y, stepY, z, stepZ); break; }
      case Op.settle: { settle(x, stepX); break; }
      case Op.mass: { masses(d, input); break; }
      case Op.index: { places(d); break; }
      case Op.load: { loadEntries(SINGLE, d, input, y, stepY, z, stepZ); break; }
      case Op.loadWeight: { loadEntries(WEIGHT, d, input, y, stepY, z, stepZ); break; }
      case Op.loadDouble: { loadEntries(DOUBLE, d, input, y, stepY, z, stepZ); break; }
      case Op.at: { gather(SINGLE, d, input, y, stepY); break; }
      case Op.atWeight: { gather(WEIGHT, d, input, y, stepY); break; }
      case Op.atDouble: { gather(DOUBLE, d, input, y, stepY); break; }
      case Op.store: { storeEntries(false, d, x, stepX, y, stepY); break; }
      case Op.storeDouble: { storeEntries(true, d, x, stepX, y, stepY); break; }
      case Op.sum: { reduce(SUM, d, x, y, stepY); break; }
      case Op.max: { reduce(MAX, d, x, x, QUAD); break; }
      case Op.argmax: { argmax(d, x, y); break; }
      default: slow(load<u32>(at), d, x, stepX, y, stepY);
    }
  }
}

@inline
function one(op: Op, d: usize, x: usize, stepX: usize): void {
  for (const end = d + bytes; d < end; d += QUAD, x += stepX) {
    v128.store(d, ofOne(op, v128.load(x)));
    v128.store(d, ofOne(op, v128.load(x, 16)), 16);
  }
}

@inline
function two(op: Op, d: usize, x: usize, stepX: usize, y: usize, stepY: usize): void {
  for (const end = d + bytes; d < end; d += QUAD, x += stepX, y += stepY) {
    v128.store(d, ofTwo(op, v128.load(x), v128.load(y)));
    v128.store(d, ofTwo(op, v128.load(x, 16), v128.load(y, 16)), 16);
  }
}

@inline
function three(op: Op, d: usize, x: usize, stepX: usize, y: usize, stepY: usize, z: usize, stepZ: usize): void {
  for (const end = d + bytes; d < end; d += QUAD, x += stepX, y += stepY, z += stepZ) {
    v128.store(d, ofThree(op, v128.load(x), v128.load(y), v128.load(z)));
    v128.store(d, ofThree(op, v128.load(x, 16), v128.load(y, 16), v128.load(z, 16)), 16);
  }
}

/** Conditions are bits, all of them or none. */
@inline
function ofOne(op: Op, x: v128): v128 {
  if (op === Op.absolute) return f64x2.abs(x);
  return f64x2.sqrt(f64x2.pmax(f64x2.splat(0), x));
}

@inline
function ofTwo(op: Op, x: v128, y: v128): v128 {
  if (op === Op.add) return f64x2.add(x, y);
  if (op === Op.subtract) return f64x2.sub(x, y);
  if (op === Op.multiply) return f64x2.mul(x, y);
  if (op === Op.divide) return v128.and(f64x2.div(x, y), f64x2.ne(y, f64x2.splat(0)));
  if (op === Op.minimum) return f64x2.pmin(x, y);
  if (op === Op.maximum) return f64x2.pmax(x, y);
  if (op === Op.equal) return f64x2.eq(x, y);
  return f64x2.lt(x, y);
}

@inline
function ofThree(op: Op, x: v128, y: v128, z: v128): v128 {
  if (op === Op.select) return v128.bitselect(y, z, x);
  if (op === Op.size) return v128.bitselect(sizeOf(x, y), z, f64x2.gt(x, f64x2.splat(0)));
  const product = f64x2.mul(x, y);
  return op === Op.multiplyAdd ? f64x2.add(product, z) : f64x2.sub(z, product);
}

/** w (2^n e^x − one). */
function exponentials(d: usize, x: usize, stepX: usize, w: usize, stepW: usize, one: f64, n: i64): void {
  const ones = f64x2.splat(one);
  const powers = i64x2.splat(n);
  for (const end = d + bytes; d < end; d += QUAD, x += stepX, w += stepW) {
    const low = exponential(v128.load(x), ones, powers);
    const high = exponential(v128.load(x, 16), ones, powers);
    v128.store(d, f64x2.mul(v128.load(w), low));
    v128.store(d, f64x2.mul(v128.load(w, 16), high), 16);
  }
}

/** log((x + one)/y). */
function logarithms(d: usize, x: usize, stepX: usize, y: usize, stepY: usize, one: usize, stepOne: usize): void {
  for (const end = d + bytes; d < end; d += QUAD, x += stepX, y += stepY, one += stepOne) {
    const low = logRatio(v128.load(x), v128.load(y), v128.load(one));
    const high = logRatio(v128.load(x, 16), v128.load(y, 16), v128.load(one, 16));
    v128.store(d, low);
    v128.store(d, high, 16);
  }
}

/** What is rare, or takes long enough to be told apart at every two entries. */
function slow(op: Op, d: usize, x: usize, stepX: usize, y: usize, stepY: usize): void {
  for (const end = d + bytes; d < end; d += 16, x += stepX >> 1, y += stepY >> 1) {
    v128.store(d, ofSlow(op, v128.load(x), v128.load(y)));
  }
}

function ofSlow(op: Op, x: v128, y: v128): v128 {
  switch (op) {
    case Op.floor: return f64x2.floor(x);
    case Op.not: return v128.not(x);
    case Op.binade: return v128.and(x, i64x2.splat(0x7ff0000000000000));
    case Op.lessOrEqual: return f64x2.le(x, y);
    case Op.and: return v128.and(x, y);
    case Op.or: return v128.or(x, y);
    case Op.perUnit: return v128.bitselect(f64x2.splat(1), f64x2.div(x, y), f64x2.eq(y, f64x2.splat(0)));
    case Op.infinite: {
      const sign = v128.and(f64x2.lt(x, f64x2.splat(0)), f64x2.splat(-0.0));
      return v128.bitselect(v128.or(f64x2.splat(Infinity), sign), x, y);
    }
    case Op.exprel2: return exprel2(x);
    case Op.asin: return arcsine(x);
    case Op.digamma: return digamma(x);
    default: return sine(x, op === Op.cos ? 1 : 0);
  }
}

/** Places of the entries in their row. */
function places(d: usize): void {
  let place = v128.load(operand(CONSTANT));
  if (!isAcross) place = f64x2.replace_lane(place, 1, f64x2.extract_lane(place, 1) + 1);
  const step = f64x2.splat(isAcross ? 0 : 2);
  for (const end = d + bytes; d < end; d += 16, place = f64x2.add(place, step)) v128.store(d, place);
}
