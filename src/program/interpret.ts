import { turnsPerStep, type Operand } from '../engine/operation.ts';
import { splitDouble } from '../math/double-single.ts';
import { CompensatedSum } from '../math/sum.ts';
import { operators } from './operators.ts';
import { active, columnsOf, scheduleOf, type Field, type Instruction, type Prepared, type Program, type Schedule } from './program.ts';

/** Runs a program in f64, a row at a time. A double comes as the sum of its parts and goes as these. */
export class Interpreter {
  readonly #instructions: readonly Instruction[];
  readonly #schedule: Schedule;
  readonly #call: Prepared;
  readonly #places: ReadonlyMap<string, number>;
  readonly #program: Program;
  #rows: readonly ArrayLike<number>[] = [];
  #step = 0;
  /** The value of each instruction, of the entry at hand. */
  readonly #values: Float64Array;

  constructor(call: Prepared) {
    const { program } = call;
    this.#program = program;
    this.#instructions = program.instructions;
    this.#schedule = scheduleOf(program);
    this.#call = call;
    this.#places = new Map(program.inputs.map(({ name }, place) => [name, place]));
    this.#values = new Float64Array(program.instructions.length);
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
      this.#rows = operands.map((operand, input) => this.#stateIn(out, inputs[input]!.name) ?? (inputs[input]!.isOverSteps ? operand.row(this.#step) : start[input]!));
      yield* this.#once(out);
    }
  }

  /** The state as it comes. */
  #begin(start: readonly ArrayLike<number>[], out: Float64Array): void {
    for (const field of this.#call.fields) {
      const state = this.#stateIn(out, field.output.name)!;
      const given = start[this.#places.get(field.output.name) ?? -1] ?? [1];
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
    const turns = turnsPerStep(1);
    const { fields, outcomes } = this.#call;
    for (const { rowValues, entryValues, reductions, outputs } of this.#schedule.sweeps) {
      this.#compute(rowValues, 0);
      const reducers = reductions.map((value) => reducerOf(this.#instructions[value]!));
      const written = fields.filter(({ output }) => outputs.includes(output));
      for (let k = 0; k < outcomes; k++) {
        if (k % turns === 0) yield;
        this.#compute(entryValues, k);
        reductions.forEach((value, at) => reducers[at]!.add(this.#values[this.#instructions[value]!.operands[0]!]!, k));
        for (const field of written) if (k < field.width) this.#put(out, field, k);
      }
      reductions.forEach((value, at) => { this.#values[value] = reducers[at]!.value; });
    }
    this.#compute(this.#schedule.rowValues, 0);
    for (const field of fields) if (field.per === 'row') this.#put(out, field, 0);
  }

  #compute(values: readonly number[], k: number): void {
    for (const value of values) this.#values[value] = this.#evaluate(this.#instructions[value]!, k);
  }

  #evaluate({ node, operands: [x = 0, y = 0, z = 0] }: Instruction, k: number): number {
    const values = this.#values;
    switch (node.kind) {
      case 'constant': return node.value;
      case 'number': return this.#call.numbers[node.name]!;
      case 'argument': return this.#entry(node.name, k);
      case 'index': return k;
      case 'outcomes': return this.#call.outcomes;
      case 'step': return this.#step;
      case 'at': return this.#entry((this.#instructions[x]!.node as { readonly name: string }).name, values[y]!);
      case 'apply': return operators[node.operator].evaluate(values[x]!, values[y]!, values[z]!);
      case 'reduce':
      case 'infinite': throw new TypeError(`A ${node.kind} is no value of an entry`);
    }
  }

  /** Beyond its end a row has zeros. */
  #entry(name: string, k: number): number {
    const place = this.#places.get(name)!;
    const { per, type, isWeights } = this.#program.inputs[place]!;
    const row = this.#rows[place]!;
    const width = type === 'double' ? row.length / 2 : row.length;
    const at = per === 'row' ? 0 : k;
    const x = at < width ? row[at]! : 0;
    if (isWeights) return Math.abs(x);
    return type === 'double' && at < width ? x + row[width + at]! : x;
  }

  #put(out: Float64Array, { output: { value, infinite }, isDouble, from, width }: Field, k: number): void {
    const x = this.#values[value]!;
    const isInfinite = infinite !== undefined && this.#values[infinite] !== 0;
    if (!isDouble) {
      out[from + k] = isInfinite ? (x < 0 ? -Infinity : Infinity) : x;
      return;
    }
    const { high, low } = splitDouble(x);
    out[from + k] = high;
    out[from + width + k] = low;
  }
}

interface Reducer {
  readonly value: number;
  add(x: number, k: number): void;
}

function reducerOf({ node }: Instruction): Reducer {
  if (node.kind !== 'reduce') throw new TypeError(`A ${node.kind} reduces nothing`);
  if (node.reduction === 'sum') return new CompensatedSum();
  let [greatest, index] = [-Infinity, 0];
  const { reduction } = node;
  return {
    get value() { return reduction === 'max' ? greatest : index; },
    add(x, k) {
      if (x <= greatest) return;
      [greatest, index] = [x, k];
    },
  };
}
