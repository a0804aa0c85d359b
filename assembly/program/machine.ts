/**
 * A vector machine for row programs: it runs each instruction over a stretch of entries, in f64, two at a time.
 * Twin: src/program/bytecode.ts
 */
import { run } from './instructions';
import { CONSTANT, QUAD, setCall, setKind, setMemory, setStretch } from './state';

/**
 * At `scratch` lie the place of the code; of each input its place, rows and width; and numbers: outcomes, how long a stretch
 * is, whether it goes across rows, and those that the code names.
 * The code begins with how many inputs, numbers, literals, numbers of the row, registers and sections there are, and the
 * literals; sections are by turns for once a row and for all its entries.
 */
export function programRows(rows: i32, width: i32, out: usize, scratch: usize): void {
  let code = <usize>load<f64>(scratch);
  const numbers = scratch + 8 + 24 * load<u32>(code);
  const outcomes = <i32>load<f64>(numbers);
  const stretch = <i32>load<f64>(numbers, 8);
  const across = load<f64>(numbers, 16) !== 0;
  setCall(scratch + 8, out, width);
  const sections = load<u32>(code, 20);
  const rowNumbers = load<u32>(code, 12);
  const registers = load<u32>(code, 16);
  const count = load<u32>(code, 4);
  let at = (numbers + (count << 3) + 15) & ~15;
  setKind(CONSTANT, at, QUAD, 0);
  at = splat(numbers, count, at + QUAD);
  at = splat(code + 24, load<u32>(code, 8), at);
  code += 24 + (load<u32>(code, 8) << 3);
  setMemory(at, rowNumbers, registers, outcomes, stretch, across);
  for (let row = 0, some = 1; row < rows; row += some) {
    if (across) some = min(stretch, rows - row);
    runRows(code, sections, row, some, outcomes, stretch, across);
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
  for (let section: u32 = 0; section < sections; section++) {
    const end = at + 4 + load<u32>(at);
    at += 4;
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
