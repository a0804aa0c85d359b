import type { CpuCall } from '../engine/kernel.ts';
import type { Round } from '../engine/operation-record.ts';
import { compile } from './compile.ts';
import { wordsOf, type MachineCode } from './machine-code.ts';
import type { Prepared, Program } from './program.ts';

interface Compiled {
  readonly key: string;
  readonly code: MachineCode;
}

const compiled = new WeakMap<Program, Compiled>();
let programs = 0;

/** Entries that an instruction goes over at a time: so many registers stay in the first cache. */
const entriesPerStretch = 256;
/** Rows that go together where they are short. */
const rowsPerStretch = 64;
const shortRow = 32;

/**
 * Runs a row program on the vector machine of the WebAssembly module; of a loop some steps, from what it starts with or from
 * the state that comes as one more input.
 */
export function callOf({ program, outcomes, fields, numbers }: Prepared, { first, steps }: Round = { first: 0, steps: 1 }): CpuCall {
  if (!compiled.has(program)) compiled.set(program, { key: `row program ${programs++}`, code: compile(program) });
  const { key, code } = compiled.get(program)!;
  const isAcross = outcomes <= shortRow;
  const stretch = isAcross ? rowsPerStretch : entriesPerStretch;
  const inputs = program.inputs.length + (program.isStep ? 1 : 0);
  const given = [outcomes, stretch, Number(isAcross), first, steps, ...fields.flatMap(({ from, width }) => [from, width]), ...program.numbers.map((name) => numbers[name]!)];
  return {
    name: 'programRows',
    argumentsInScratch: true,
    tables: [{ key, make: () => wordsOf(code, inputs, given.length) }],
    numbers: given,
    scratch: scratchOf(code, inputs, given.length, outcomes, stretch, isAcross),
  };
}

/** Bytes for the arguments, the constants, the numbers of the row, registers, and entries that are kept. */
function scratchOf(code: MachineCode, inputs: number, numbers: number, outcomes: number, stretch: number, isAcross: boolean): number {
  const length = 8 * stretch;
  const constants = 32 * (1 + numbers + code.literals.length);
  const kept = code.kept * (outcomes + 3) * (isAcross ? length : 8);
  return 8 * (1 + 3 * inputs + numbers) + 16 + constants + code.rowNumbers * (isAcross ? length : 32) + code.registers * length + kept;
}
