/**
 * A vector machine for row programs: it runs each instruction over a stretch of entries, in f64, two at a time.
 * Twin: src/program/bytecode.ts
 */
import { run } from './instructions';
import { copyInput, placeInResult, setStrides } from './inputs';
import {
  CONSTANT, isSettled, outWidth, QUAD, setCall, setKind, setMemory, setStep, setStretch, unsettle,
} from './state';

/** Rows that are too few to go side by side. */
const FEW = 16;

/** Bytes of what the code begins with, before the literals. */
const HEADER: usize = 32;
/** Where the fields of the result are told of, among the numbers: where each begins, and its entries. */
const FIELDS: usize = 40;

/**
 * At `scratch` lie the place of the code; of each input its place, rows and width; and numbers: outcomes, how long a
 * stretch is, whether it goes across rows, the first step and how many, and those that the code names.
 * The code begins with how many inputs, numbers, literals, numbers of the row, registers, sections and parts of a state
 * there are, and which inputs go with the steps; then the literals, and of each part of the state its input, its field
 * and whether it is a double; sections are by turns for once a row and for all its entries.
 */
export function programRows(rows: i32, width: i32, out: usize, scratch: usize): void {
  let code = <usize>load<f64>(scratch);
  const given: i32 = load<u32>(code);
  const numbers = scratch + 8 + 24 * given;
  const outcomes = <i32>load<f64>(numbers);
  const stretch = <i32>load<f64>(numbers, 8);
  const across = load<f64>(numbers, 16) !== 0 && rows >= FEW;
  const first = <i32>load<f64>(numbers, 24);
  const end = first + <i32>load<f64>(numbers, 32);
  setCall(scratch + 8, out, width);
  setStrides(given);
  const sections = load<u32>(code, 20);
  const states = load<u32>(code, 24);
  const over = load<u32>(code, 28);
  const count = load<u32>(code, 4);
  let at = (numbers + (count << 3) + 15) & ~15;
  setKind(CONSTANT, at, QUAD, 0);
  const step = at + 4 * QUAD; // of the constants
  at = splat(numbers, count, at + QUAD);
  at = splat(code + HEADER, load<u32>(code, 8), at);
  setMemory(at, load<u32>(code, 12), load<u32>(code, 16), outcomes, stretch, across);
  code += HEADER + (load<u32>(code, 8) << 3);
  if (states > 0) layOut(code, states, rows, given - 1, numbers + FIELDS, first === 0);
  code += 12 * states;
  for (let row = 0, some = 1; row < rows; row += some) {
    if (across) some = min(stretch, rows - row);
    for (let i = first; i < end; i++) {
      setStep(step, i, over);
      runRows(code, sections, row, some, outcomes, stretch, across);
    }
  }
}

/** The same of all pairs of rows of two inputs: a row of the first goes with all rows of the second. */
export function programPairs(rows: i32, columns: i32, out: usize, scratch: usize): void {
  const first = scratch + 8;
  const p = load<f64>(first);
  const width = load<f64>(first, 16);
  for (let row = 0; row < rows; row++, out += (<usize>columns) << 2) {
    store<f64>(first, p + 4 * width * row);
    store<f64>(first, 1, 8);
    store<f64>(first, columns, 32);
    programRows(columns, 1, out, scratch);
  }
}

/** Lays out the state in the result: what it starts with, or from the last input what steps before have left. */
function layOut(code: usize, states: u32, rows: i32, last: i32, fields: usize, starts: bool): void {
  if (!starts) copyInput(last, rows, 0, outWidth);
  for (const end = code + 12 * states; code < end; code += 12) {
    const field = fields + (load<u32>(code, 4) << 4);
    const from = <i32>load<f64>(field);
    const columns = <i32>load<f64>(field, 8) << load<u32>(code, 8);
    if (starts) copyInput(load<u32>(code), rows, from, columns);
    placeInResult(load<u32>(code), from, columns);
  }
}

/** Numbers four times each. */
function splat(from: usize, count: usize, to: usize): usize {
  for (const end = from + (count << 3); from < end; from += 8, to += QUAD) {
    v128.store(to, v128.load64_splat(from));
    v128.store(to, v128.load64_splat(from), 16);
  }
  return to;
}

/** One row, or some across. */
function runRows(at: usize, sections: u32, row: i32, rows: i32, outcomes: i32, stretch: i32, across: bool): void {
  unsettle();
  for (let section: u32 = 0; section < sections; section++) {
    const end = at + 4 + load<u32>(at);
    at += 4;
    if (isSettled && section < sections - 2) {
      at = end;
      continue;
    }
    if (!(section & 1)) {
      setStretch(row, 0, rows, true);
      run(at, end);
    } else {
      for (let k = 0; k < outcomes; k += across ? 1 : stretch) {
        setStretch(row, k, across ? rows : min(stretch, outcomes - k), across);
        run(at, end);
      }
    }
    at = end;
  }
}
