/** Row programs on the vector machine and in f64, next to each other. */
import { Instance } from '../../src/engine/cpu/instance.ts';
import { wasmModule } from '../../src/engine/cpu/module.ts';
import type { Program as CpuProgram, StepInput } from '../../src/engine/cpu/program.ts';
import { finish, type Operand } from '../../src/engine/operation.ts';
import { callOf } from '../../src/program/bytecode.ts';
import { Interpreter } from '../../src/program/interpret.ts';
import { columnsOf, type Prepared } from '../../src/program/program.ts';

/** Rows of an input: as many as the batch, or one for all. */
export interface Rows {
  readonly rows: number;
  readonly width: number;
  readonly data: Float32Array;
}

const instance = await Instance.open((await wasmModule())!);
let programs = -1;

const columnsIn = ({ fields }: Prepared): number => fields.reduce((sum, field) => sum + columnsOf(field), 0);

/** By the vector machine. */
export function run(prepared: Prepared, batch: number, inputs: readonly Rows[]): Float32Array {
  const { name, tables = [], numbers = [], scratch = 0, argumentsInScratch = false } = callOf(prepared);
  const width = columnsIn(prepared);
  const [own, shared] = [true, false].map((isOwn) => inputs.filter(({ rows }) => (rows === batch) === isOwn)) as [
    Rows[],
    Rows[],
  ];
  const places = inputs.map((input): StepInput =>
    input.rows === batch
      ? { from: 'inputs', index: own.indexOf(input), width: input.width }
      : { from: 'constants', index: tables.length + shared.indexOf(input), width: input.width, rows: 1 },
  );
  const program: CpuProgram = {
    id: programs--,
    slots: [width],
    rowsAtOnce: 1,
    inputs: own.map((input) => ({ width: input.width })),
    constants: [...tables.map(({ make }) => make()), ...shared.map(({ data }) => data)],
    steps: [
      {
        name,
        width,
        slot: 0,
        inputs: places,
        tables: tables.map((_, table) => table),
        numbers,
        scratch,
        argumentsInScratch,
      },
    ],
  };
  const out = new Float32Array(batch * width).fill(NaN);
  instance.run(
    program,
    batch,
    own.map(({ data }) => data),
    out,
  );
  return out;
}

/** By the interpreter. */
export function interpret(prepared: Prepared, batch: number, inputs: readonly Rows[]): Float64Array {
  const width = columnsIn(prepared);
  const operands = inputs.map(({ rows, width: entries, data }): Operand => ({
    form: 'values',
    rows,
    width: entries,
    row: (row) => data.subarray(rows === 1 ? 0 : row * entries).subarray(0, entries),
  }));
  const interpreter = new Interpreter(prepared);
  const out = new Float64Array(batch * width);
  for (let row = 0; row < batch; row++)
    finish(interpreter.run(operands, row, out.subarray(row * width, (row + 1) * width)));
  return out;
}
