import type { Dispatch, Kernel, LoopExtent } from '../engine/kernel.ts';
import { splitDouble } from '../math/double-single.ts';
import { active, type Prepared, type Program } from './program.ts';
import { writeProgram, type WrittenProgram } from './wgsl.ts';

const known = new WeakMap<Program, WrittenProgram>();

function writtenOf(program: Program): WrittenProgram {
  let written = known.get(program);
  if (!written) known.set(program, written = writeProgram(program));
  return written;
}

/** The kernel of row programs: which one it is, and what goes with it, may follow from the parameters. */
export function kernelOf<Parameters>(prepare: (dispatch: Dispatch<Parameters>) => Prepared, isLoop: boolean): Kernel<Parameters> {
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
    pieces: (dispatch) => writtenOf(preparedOf(dispatch).program).pieces,
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
