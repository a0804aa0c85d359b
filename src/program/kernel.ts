import type { Dispatch, Kernel, LoopExtent, Regime } from '../engine/kernel.ts';
import { lanesOf } from '../engine/regimes.ts';
import { splitDouble } from '../math/double-single.ts';
import { active, type Prepared, type Program } from './program.ts';
import { mostKept } from './wgsl-kept.ts';
import { writeProgram, type WrittenProgram } from './wgsl.ts';

const known = new WeakMap<Program, Map<number, WrittenProgram>>();

/** The program as it is where a lane has at most so many entries; 0 is any number. */
function writtenOf(program: Program, entries = 0): WrittenProgram {
  const of = known.get(program) ?? new Map<number, WrittenProgram>();
  known.set(program, of);
  const written = of.get(entries) ?? writeProgram(program, entries);
  of.set(entries, written);
  return written;
}

/** How many entries a lane has at most in a loop, in powers of two, so that few kernels serve all; else one does. */
function entriesOf({ program, outcomes }: Prepared, regime: Regime): number {
  if (!program.isStep) return 0;
  const entries = Math.max(16, 2 ** Math.ceil(Math.log2(outcomes / lanesOf[regime])));
  return entries > mostKept ? 0 : entries;
}

/** The kernel of row programs: which one it is, and what goes with it, may follow from the parameters. */
export function kernelOf<Parameters>(
  prepare: (dispatch: Dispatch<Parameters>) => Prepared, isLoop: boolean,
): Kernel<Parameters> {
  let last: { readonly dispatch: Dispatch<Parameters>; readonly prepared: Prepared } | undefined;
  const preparedOf = (dispatch: Dispatch<Parameters>): Prepared => {
    if (last?.dispatch !== dispatch) last = { dispatch, prepared: prepare(dispatch) };
    return last.prepared;
  };
  /** Teams meet at barriers, also those that have no row of their own: in a loop these would write on another's. */
  const teams = isLoop ? {} : { teams: true as const };
  return {
    ...teams,
    ...isLoop && { loop: (dispatch) => extentOf(preparedOf(dispatch)) },
    pieces(dispatch, regime) {
      const prepared = preparedOf(dispatch);
      return writtenOf(prepared.program, entriesOf(prepared, regime)).pieces;
    },
    frame: (dispatch) => writtenOf(preparedOf(dispatch).program).frame,
    values: (dispatch) => valuesOf(preparedOf(dispatch), dispatch),
    over: 'rows',
    iterations(dispatch) {
      const { program, outcomes } = preparedOf(dispatch);
      return writtenOf(program).sweeps * outcomes;
    },
  };
}

function extentOf({ program, outcomes, fields, steps = 0 }: Prepared): LoopExtent {
  const ending = fields.find(({ output }) => output.name === active);
  return { steps, turns: 1 + writtenOf(program).sweeps * outcomes, ...ending && { active: ending.from } };
}

type Uniforms = Record<string, number>;

function valuesOf({ program, outcomes, numbers, fields }: Prepared, { inputs }: Dispatch<unknown>): Uniforms {
  const values: Uniforms = { outcomes };
  program.inputs.forEach(({ name, type }, index) => {
    values[`${name}_width`] = inputs[index]!.width / (type === 'double' ? 2 : 1);
  });
  for (const name of program.numbers) {
    const { high, low } = splitDouble(numbers[name]!);
    values[`n_${name}`] = high;
    values[`n_${name}_low`] = low;
  }
  for (const { output: { name }, from, width } of fields) {
    values[`${name}_to`] = from;
    values[`${name}_columns`] = width;
  }
  return values;
}
