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

function compiledOf(program: Program): Compiled {
  const found = compiled.get(program) ?? { key: `row program ${programs++}`, code: compile(program) };
  compiled.set(program, found);
  return found;
}

/** Shorter rows go side by side, an entry of each at a time; of others an instruction takes a part of one. */
const shortest = 64;

/**
 * Runs a row program on the vector machine of the WebAssembly module; of a loop some steps, from what it starts with or
 * from the state that comes as one more input.
 */
export function callOf(
  { program, outcomes, fields, numbers }: Prepared, { first, steps }: Round = { first: 0, steps: 1 },
): CpuCall {
  const inputs = program.inputs.length + (program.isStep ? 1 : 0);
  const { key, code } = compiledOf(program);
  const isAcross = outcomes < shortest;
  const stretch = isAcross ? 128 : code.registers > 6 ? 256 : 512; // registers stay in the first cache of a core
  const places = fields.flatMap(({ from, width }) => [from, width]);
  const own = program.numbers.map((name) => numbers[name]!);
  const given = [outcomes, stretch, Number(isAcross), first, steps, ...places, ...own];
  return {
    name: 'programRows', argumentsInScratch: true, numbers: given,
    tables: [{ key, make: () => wordsOf(code, inputs, given.length) }],
    scratch: 8 * (1 + 3 * inputs + given.length) + bytesOf(code, given, isAcross),
  };
}

/** Bytes for the first constant and others, numbers of the row, registers, and entries that are kept. */
function bytesOf(code: MachineCode, given: readonly number[], isAcross: boolean): number {
  const [outcomes = 0, stretch = 0] = given;
  const length = 8 * stretch;
  const constants = 16 + 32 * (1 + given.length + code.literals.length);
  const kept = code.kept * (outcomes + 3) * (isAcross ? length : 8);
  return constants + code.rowNumbers * (isAcross ? length : 32) + code.registers * length + kept;
}
