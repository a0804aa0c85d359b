/**
 * Where the operands of row programs lie. A stretch is what an instruction goes over: a part of one row, or one entry
 * of several rows ("across"), in quads of f64.
 */
/** Kinds of operands: constants, numbers of the row, registers for a stretch, and entries that are kept for a row. */
export const CONSTANT = 0;
export const ROW = 1;
export const REGISTER = 2;
export const KEPT = 3;

export const QUAD: usize = 32;
/** Of each the place of the first, the bytes from one to the next, and from quad to quad: 0 where all are the same. */
const kinds = memory.data(64, 16);

/** Of the call: where its inputs are told of, its result and the numbers in a row of that. */
export let inputs: usize = 0;
export let out: usize = 0;
export let outWidth: i32 = 0;
let kept: usize = 0;
let keptStep: usize = 0;
let keptPitch: usize = 0;

/** Of the loop: the step at hand, and which inputs have a row for each step. */
export let step: i32 = 0;
export let overSteps: u32 = 0;

/** Of the stretch: its first row and entry, its numbers, the bytes of their quads, and whether it goes across rows. */
export let row: i32 = 0;
export let from: i32 = 0;
export let count: i32 = 0;
export let bytes: usize = 0;
export let isAcross: bool = false;

/** Whether a condition holds for all rows of the stretch, so that they need no more sweeps. */
export let isSettled: bool = false;

export function settle(condition: usize, step: usize): void {
  isSettled = true;
  for (let i = 0; i < count; i++) if (lane(condition, step, i) === 0) isSettled = false;
}

export function unsettle(): void {
  isSettled = false;
}

export function setCall(inputsOfCall: usize, outOfCall: usize, width: i32): void {
  inputs = inputsOfCall;
  out = outOfCall;
  outWidth = width;
}

export function setKind(kind: i32, first: usize, pitch: usize, step: usize): void {
  const at = kinds + (kind << 4);
  store<u32>(at, first);
  store<u32>(at, pitch, 4);
  store<u32>(at, step, 8);
}

/** `at` is the place of the constant that counts the steps. */
export function setStep(at: usize, now: i32, over: u32): void {
  step = now;
  overSteps = over;
  v128.store(at, f64x2.splat(now));
  v128.store(at, f64x2.splat(now), 16);
}

/** Divides memory; an entry that is kept has a stretch of its own where that goes across rows. */
export function setMemory(at: usize, rowNumbers: u32, registers: u32, outcomes: i32, stretch: i32, across: bool): void {
  const length = (<usize>stretch) << 3;
  const rowPitch = across ? length : QUAD;
  setKind(ROW, at, rowPitch, across ? QUAD : 0);
  at += rowNumbers * rowPitch;
  setKind(REGISTER, at, length, QUAD);
  kept = at + registers * length;
  keptStep = across ? length : 8;
  keptPitch = keptStep * ((outcomes + 3) & ~3);
}

export function setStretch(firstRow: i32, entry: i32, numbers: i32, across: bool): void {
  row = firstRow;
  from = entry;
  count = numbers;
  isAcross = across;
  bytes = (<usize>((numbers + 3) >> 2)) * QUAD;
  setKind(KEPT, kept + from * keptStep, keptPitch, QUAD);
  const place = operand(CONSTANT); // the first constant
  v128.store(place, f64x2.splat(entry));
  v128.store(place, f64x2.splat(entry), 16);
}

@inline
export function operand(word: u32): usize {
  const kind = kinds + ((word & 3) << 4);
  return load<u32>(kind) + (word >> 2) * load<u32>(kind, 4);
}

@inline
export function stepOf(word: u32): usize {
  return load<u32>(kinds + ((word & 3) << 4), 8);
}

/** A number of an operand. */
@inline
export function lane(at: usize, step: usize, i: i32): f64 {
  return load<f64>(at + (<usize>(i >> 2)) * step + ((<usize>(i & 3)) << 3));
}
