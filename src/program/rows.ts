import type { CpuCall, Dispatch, InputRange } from '../engine/kernel.ts';
import type { Argument } from '../engine/operation-record.ts';
import { apply, batchSize, type Composition, type Operation } from '../engine/operation.ts';
import type { Form } from '../engine/forms.ts';
import { callOf } from './bytecode.ts';
import { Interpreter } from './interpret.ts';
import { kernelOf } from './kernel.ts';
import { columnsOf, fieldsOf, type Field, type Input, type Prepared, type Program } from './program.ts';
import { trace, type Returned, type Values } from './trace.ts';

/** An argument of a row program: rows of entries, or one number a row. */
export interface RowArgument {
  readonly name: string;
  readonly takes: Argument['takes'];
  /** 'row' of a tensor with one number a row. */
  readonly per?: 'row';
  /** Whether it holds doubles: the high parts of a row, then the low parts. */
  readonly isDouble?: true;
  /** 'steps' of a tensor with a row for each step of a loop. */
  readonly over?: 'steps';
}

export interface RowDefinition<Parameters> extends Pick<
  Operation<Parameters>,
  | 'name' | 'formula' | 'source' | 'usage' | 'parameters' | 'examples' | 'check' | 'tolerance' | 'information'
  | 'isOwn' | 'unsupported' | 'cpu'
> {
  readonly arguments: readonly RowArgument[];
  /** Numbers of a call, which the program gets as values; the parameters that are numbers where it is left out. */
  readonly numbers?: (parameters: Parameters, outcomes: number) => Readonly<Record<string, number>>;
  /** Results with other than one entry an outcome. */
  readonly widths?: (parameters: Parameters, outcomes: number) => Readonly<Record<string, number>>;
  readonly form?: Form;
  /** Makes it a loop of so many steps, of which the program is one: its results are the next values of arguments. */
  readonly steps?: (parameters: Parameters) => number;
  /** Of values it makes values. Its code may depend on parameters that are not numbers. */
  readonly program: (values: Values, numbers: Values, parameters: Parameters) => Returned;
}

/** A row program as an operation of the engine. */
export interface RowOperation<Parameters> extends Operation<Parameters> {
  /** The program as it is with some parameters. */
  readonly programOf: (parameters: Parameters) => Program;
  readonly fieldsOf: (parameters: Parameters, outcomes: number) => readonly Field[];
}

/**
 * Makes an operation of a program: a TypeScript function of symbolic rows, run once to note what it does, and then run
 * on the GPU as WGSL, on the CPU as code of a vector machine, and in f64 as the reference.
 */
export function defineRows<Parameters extends object>(definition: RowDefinition<Parameters>): RowOperation<Parameters> {
  const { name, formula, arguments: given, program, widths, steps, form = 'values' } = definition;
  const inputs = given.map((argument): Input => ({
    name: argument.name, per: argument.per ?? 'entry', type: argument.isDouble ? 'double' : 'single',
    isWeights: argument.takes === 'distributions', isOverSteps: argument.over === 'steps',
  }));
  const numbersOf = definition.numbers ?? numericParameters;
  const programs = new Map<string, Program>();
  const programOf = (parameters: Parameters): Program => {
    const key = choicesIn(parameters);
    const numbers = Object.keys(numbersOf(parameters, 1));
    const traced = programs.get(key) ?? trace({
      name, formula, inputs, numbers, isStep: steps !== undefined,
      program: (values, symbols) => program(values, symbols, parameters),
    });
    programs.set(key, traced);
    return traced;
  };
  const fieldsOfCall = (parameters: Parameters, outcomes: number): readonly Field[] =>
    fieldsOf(programOf(parameters), outcomes, widths?.(parameters, outcomes));
  const outcomesOf = (rows: readonly { readonly width: number }[]): number =>
    Math.max(...rows.map(({ width }, index) => {
      const { per, type } = inputs[index]!;
      return per === 'row' ? 1 : type === 'double' ? width / 2 : width;
    }));
  const prepare = ({ parameters, inputs: ranges }: Pick<Dispatch<Parameters>, 'parameters' | 'inputs'>): Prepared => {
    const outcomes = outcomesOf(ranges);
    return {
      program: programOf(parameters), outcomes, fields: fieldsOfCall(parameters, outcomes),
      numbers: numbersOf(parameters, outcomes),
      ...(steps && { steps: steps(parameters) }),
    };
  };
  const operation: RowOperation<Parameters> = {
    ...definition,
    arguments: given.map(({ name: argument, takes, over }) =>
      ({ name: argument, takes, axis: over === 'steps' ? 'whole' : 'rows' })),
    ...(steps && { passes: (parameters: Parameters) => Math.max(1, steps(parameters)) }),
    result(tensors, parameters) {
      const fields = fieldsOfCall(parameters, outcomesOf(tensors));
      const columns = fields.reduce((sum, field) => sum + columnsOf(field), 0);
      const rows = batchSize(operation, tensors);
      const isNumber = fields.length === 1 && fields[0]!.per === 'row' && columns === 1;
      return { shape: isNumber ? [rows] : [rows, columns], form };
    },
    kernel: kernelOf(prepare, steps !== undefined),
    cpu: (dispatch) => definition.cpu?.(dispatch) ?? (steps ? undefined : callOf(prepare(dispatch))),
    ...steps && {
      round(tensors, parameters, state, round) {
        const some = roundOf(operation, parameters, (ranges) => callOf(prepare({ parameters, inputs: ranges }), round));
        return apply(some, [...tensors, state], {});
      },
    },
    reference(operands, parameters) {
      const interpreter = new Interpreter(prepare({ parameters, inputs: operands }));
      return (row, out) => interpreter.run(operands, row, out);
    },
    programOf,
    fieldsOf: fieldsOfCall,
  };
  return operation;
}

/** Some steps of a loop as an operation of its inputs and its state, for the CPU alone. */
function roundOf<Parameters>(
  loop: Operation<Parameters>, parameters: Parameters, callOn: (ranges: readonly InputRange[]) => CpuCall,
): Composition<object> {
  const { name, formula, source, result } = loop;
  return {
    name, formula, source,
    arguments: [...loop.arguments, { name: 'state', takes: 'any', axis: 'rows' }],
    result: (inputs) => result(inputs.slice(0, -1), parameters),
    tolerance: { ulps: () => 16, relativeTo: 'row', reason: 'part of a loop' },
    cpu: ({ inputs }) => callOn(inputs.slice(0, -1)),
  };
}

function numericParameters(parameters: object): Record<string, number> {
  const isNumber = (entry: [string, unknown]): entry is [string, number] => typeof entry[1] === 'number';
  return Object.fromEntries(Object.entries(parameters).filter(isNumber));
}

/** What of the parameters may change the code: all but the numbers. */
function choicesIn(parameters: object): string {
  return JSON.stringify(parameters, (_, value: unknown) => (typeof value === 'number' ? undefined : value));
}
