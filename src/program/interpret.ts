import type { Operand } from '../engine/operation.ts';
import { splitDouble } from '../math/double-single.ts';
import { CompensatedSum } from '../math/sum.ts';
import { operators, type Operator } from './operators.ts';
import { active, columnsOf, scheduleOf, type Field, type Instruction, type Prepared } from './program.ts';
import type { Reduction } from './value.ts';

/** Entries that an instruction goes through before the next does: a fraction of a millisecond for all of them. */
const stretch = 512;

/** Computes `count` entries of a value, the first of which is `from`. */
type Computation = (from: number, count: number) => void;

/** A sweep with all that it calls. */
interface Pass {
  readonly rowValues: readonly Computation[];
  /** Of entries, and what is summed up or compared of them. */
  readonly entryValues: readonly Computation[];
  readonly written: readonly Field[];
}

/** Runs a program in f64, a row at a time. A double comes as the sum of its parts and goes as these. */
export class Interpreter {
  readonly #call: Prepared;
  readonly #width: number;
  /** The entries at hand of each value; a number of the row as often. */
  readonly #values: readonly Float64Array[];
  readonly #passes: readonly Pass[];
  /** Numbers of the row after the last sweep. */
  readonly #last: readonly Computation[];
  #rows: readonly ArrayLike<number>[] = [];
  #step = 0;

  constructor(call: Prepared) {
    const { fields, program: { instructions } } = call;
    this.#call = call;
    this.#width = Math.min(stretch, call.outcomes);
    this.#values = instructions.map(() => new Float64Array(this.#width));
    const { sweeps, rowValues: last } = scheduleOf(call.program);
    const computations = (values: readonly number[]): Computation[] =>
      values.flatMap((value) => this.#computationOf(instructions[value]!, this.#values[value]!) ?? []);
    this.#passes = sweeps.map(({ rowValues, entryValues, reductions, outputs }): Pass => ({
      rowValues: computations(rowValues), entryValues: computations([...entryValues, ...reductions]),
      written: fields.filter(({ output }) => outputs.includes(output)),
    }));
    this.#last = computations(last);
  }

  /** One row; of a loop its steps, whose state stays in f64. */
  *run(operands: readonly Operand[], row: number, out: Float64Array): Generator<void> {
    const { program: { isStep, inputs }, steps = 1 } = this.#call;
    if (!isStep) {
      this.#rows = operands.map((operand) => operand.row(row));
      yield* this.#once(out);
      return;
    }
    const start = operands.map((operand, input) => operand.row(inputs[input]!.isOverSteps ? 0 : row));
    this.#begin(start, out);
    for (this.#step = 0; this.#step < steps && this.#isActive(out); this.#step++) {
      this.#rows = operands.map((operand, input) => {
        const { name, isOverSteps } = inputs[input]!;
        return this.#stateIn(out, name) ?? (isOverSteps ? operand.row(this.#step) : start[input]!);
      });
      yield* this.#once(out);
    }
  }

  /** The state as it comes. */
  #begin(start: readonly ArrayLike<number>[], out: Float64Array): void {
    const { fields, program: { inputs } } = this.#call;
    for (const { output: { name } } of fields) {
      const state = this.#stateIn(out, name)!;
      const given = start[inputs.findIndex((input) => input.name === name)] ?? [1];
      for (let k = 0; k < state.length; k++) state[k] = given[k]!;
    }
  }

  #fieldOf(name: string): Field | undefined {
    return this.#call.fields.find(({ output }) => output.name === name);
  }

  /** Where it lies: the last sweep reads an entry of the state before it writes that entry. */
  #stateIn(out: Float64Array, name: string): Float64Array | undefined {
    const field = this.#fieldOf(name);
    return field && out.subarray(field.from, field.from + columnsOf(field));
  }

  #isActive(out: Float64Array): boolean {
    const field = this.#fieldOf(active);
    return !field || out[field.from]! > 0;
  }

  *#once(out: Float64Array): Generator<void> {
    const { fields, outcomes } = this.#call;
    for (const { rowValues, entryValues, written } of this.#passes) {
      for (const compute of rowValues) compute(0, 1);
      for (let from = 0; from < outcomes; from += this.#width) {
        yield;
        const count = Math.min(this.#width, outcomes - from);
        for (const compute of entryValues) compute(from, count);
        for (const field of written) this.#put(out, field, from, Math.min(count, field.width - from));
      }
    }
    for (const compute of this.#last) compute(0, 1);
    for (const field of fields) if (field.per === 'row') this.#put(out, field, 0, 1);
  }

  /** None of what is the same in every row. */
  #computationOf({ node, operands, per }: Instruction, out: Float64Array): Computation | undefined {
    const { program: { instructions }, numbers, outcomes } = this.#call;
    const [x = out, y = out, z = out] = operands.map((operand) => this.#values[operand]!);
    const always = (number: number): undefined => { out.fill(number); };
    const inEach = (compute: Computation): Computation => per === 'entry' ? compute : () => {
      compute(0, 1);
      out.fill(out[0]!);
    };
    switch (node.kind) {
      case 'constant': return always(node.value);
      case 'number': return always(numbers[node.name]!);
      case 'outcomes': return always(outcomes);
      case 'step': return inEach(() => { out[0] = this.#step; });
      case 'index': return (from, count) => { for (let k = 0; k < count; k++) out[k] = from + k; };
      case 'argument': return inEach(this.#readerOf(node.name, out));
      case 'at': {
        const read = this.#readerOf((instructions[operands[0]!]!.node as { readonly name: string }).name, out);
        return inEach(() => read(y[0]!, 1));
      }
      case 'apply': return inEach(loopOf(node.operator, x, y, z, out));
      case 'reduce': return reducerOf(node.reduction, x, out);
      case 'infinite': return undefined; // of outputs
    }
  }

  /** Beyond its end a row has zeros. */
  #readerOf(name: string, out: Float64Array): Computation {
    const { inputs } = this.#call.program;
    const place = inputs.findIndex((input) => input.name === name);
    const { type, isWeights } = inputs[place]!;
    return (from, count) => {
      const row = this.#rows[place]!;
      const width = type === 'double' ? row.length / 2 : row.length;
      const end = Math.min(count, width - from);
      out.fill(0, Math.max(0, end), count);
      for (let k = 0; k < end; k++) {
        const x = row[from + k]!;
        out[k] = isWeights ? Math.abs(x) : type === 'double' ? x + row[width + from + k]! : x;
      }
    };
  }

  #put(out: Float64Array, { output, isDouble, from: column, width }: Field, from: number, count: number): void {
    const { value, infinite } = output;
    const values = this.#values[value]!;
    const isInfinite = infinite === undefined ? undefined : this.#values[infinite]!;
    for (let k = 0; k < count; k++) {
      const x = values[k]!;
      const at = column + from + k;
      if (isDouble) ({ high: out[at], low: out[at + width] } = splitDouble(x));
      else out[at] = isInfinite && isInfinite[k] !== 0 ? (x < 0 ? -Infinity : Infinity) : x;
    }
  }
}

/** The most frequent ones stand here too, since a loop with a call takes thrice the time. */
function loopOf(operator: Operator, x: Float64Array, y: Float64Array, z: Float64Array, out: Float64Array): Computation {
  const { evaluate } = operators[operator];
  if (operator === 'add') return (_, count) => { for (let k = 0; k < count; k++) out[k] = x[k]! + y[k]!; };
  if (operator === 'subtract') return (_, count) => { for (let k = 0; k < count; k++) out[k] = x[k]! - y[k]!; };
  if (operator === 'multiply') return (_, count) => { for (let k = 0; k < count; k++) out[k] = x[k]! * y[k]!; };
  return (_, count) => { for (let k = 0; k < count; k++) out[k] = evaluate(x[k]!, y[k]!, z[k]!); };
}

/** What there is of a number of the row, from its first stretch to this one. */
function reducerOf(reduction: Reduction, of: Float64Array, out: Float64Array): Computation {
  let [sum, greatest, index] = [new CompensatedSum(), -Infinity, 0];
  const add = (_: number, count: number): number => {
    for (let k = 0; k < count; k++) sum.add(of[k]!);
    return sum.value;
  };
  const compare = (from: number, count: number): number => {
    for (let k = 0; k < count; k++) if (of[k]! > greatest) [greatest, index] = [of[k]!, from + k];
    return reduction === 'max' ? greatest : index;
  };
  return (from, count) => {
    if (from === 0) [sum, greatest, index] = [new CompensatedSum(), -Infinity, 0];
    out.fill(reduction === 'sum' ? add(from, count) : compare(from, count));
  };
}
