import { inputsFirst, makingOf } from './lineage.ts';
import type { LoopBody, RowWriter } from './operation-record.ts';
import { composing, finish, type Operand } from './operation.ts';
import { axisOf } from './stages.ts';
import { numbersOf, type StoredNumbers } from './storage.ts';
import type { Tensor } from './tensor.ts';

/** Gives the host's copy of a source; a source that lives in a GPUBuffer has been read back before. */
export type SourceData = (source: Tensor) => StoredNumbers;

/** A result as an operand of others, and how its rows come about. */
export interface Result extends Operand {
  /** In the order of its operation's arguments. */
  readonly inputs: readonly Operand[];
  /** Evaluates a row once the rows it is made from are there. */
  evaluate(index: number): Iterable<void>;
  /** Evaluates a row and the rows it is made from. */
  steps(index: number): Iterable<void>;
}

/**
 * Evaluates lineage in f64 on the CPU, one row at a time and only the rows that are asked for, each once.
 * It is the fallback and, for the rows of a certificate, the judge. Deep lineage is walked from its inputs on, so that
 * no call stack grows with it.
 */
export class Reference {
  readonly #sourceData: SourceData;
  readonly #operands: Map<Tensor, Operand>;
  readonly #results = new Map<Tensor, Result>();
  /** What compositions without a reference come to, by their parts. */
  readonly #wholes = new Map<Tensor, Tensor>();

  /** What is `known` is not evaluated. */
  constructor(sourceData: SourceData, known: ReadonlyMap<Tensor, Operand> = new Map()) {
    this.#sourceData = sourceData;
    this.#operands = new Map(known);
  }

  operand(root: Tensor): Operand {
    for (const tensor of inputsFirst(root, (each) => (this.#operands.has(each) ? [] : this.#inputsOf(each)))) {
      if (!this.#operands.has(tensor)) this.#operands.set(tensor, tensor.origin.kind === 'source' ? this.#ofSource(tensor) : this.#add(tensor));
    }
    return this.#operands.get(root)!;
  }

  result(tensor: Tensor): Result {
    this.operand(tensor);
    return this.#results.get(tensor)!;
  }

  /** What a tensor is made of, for who judges a row by that alone. */
  given(tensor: Tensor): Pick<Result, 'inputs' | 'width' | 'row' | 'steps'> {
    const along = inputsOf(tensor).filter((_, index) => axisOf(tensor, index) === 'rows');
    const stepsOf = (input: Tensor, row: number): Iterable<void> => this.steps(input, row);
    return {
      inputs: inputsOf(tensor).map((input) => this.operand(input)), width: tensor.width, row: () => new Float64Array(),
      *steps(row) { for (const input of along) yield* stepsOf(input, row); },
    };
  }

  /** Some columns of all pairs of rows. Each row is made as if it were alone, for few will be asked for: it does not pay to prepare for all. */
  columns(tensor: Tensor, columns: readonly number[]): Result {
    const inputs = this.result(tensor).inputs.map((input, index): Operand => (axisOf(tensor, index) === 'columns'
      ? { ...input, rows: columns.length, row: (column) => input.row(columns[column]!) }
      : { ...input, rows: 1 }));
    return this.#ofResult(tensor, inputs, columns.length);
  }

  /** Evaluates a row of a tensor in steps of about a millisecond at most; then its operand has it. */
  steps(tensor: Tensor, row: number): Iterable<void> {
    this.operand(tensor);
    return this.#results.get(tensor)?.steps(row) ?? [];
  }

  #ofSource(tensor: Tensor): Operand {
    const { rows, width, form } = tensor;
    const data = this.#sourceData(tensor);
    return { form, rows, width, row: (index) => rowOf(data, rows, width, index) };
  }

  #add(tensor: Tensor): Result {
    const result = this.#ofResult(tensor, inputsOf(tensor).map((input) => this.#operands.get(input)!), tensor.width);
    this.#results.set(tensor, result);
    return result;
  }

  #ofResult(tensor: Tensor, inputs: readonly Operand[], width: number): Result {
    const { rows, form } = tensor;
    const { operation, parameters } = makingOf(tensor);
    const whole = this.#wholes.get(tensor);
    const write: RowWriter = operation.reference?.(inputs, parameters) ?? (operation.body ? loopWriter(operation.body, inputs) : undefined) ?? ((row, out) => out.set(this.#operands.get(whole!)!.row(row)));
    const done = new Map<number, Float64Array>();
    const evaluate = function* (index: number): Generator<void> {
      const at = rows === 1 ? 0 : index;
      if (done.has(at)) return;
      const out = new Float64Array(width);
      const own = write(at, out);
      if (own) yield* own;
      done.set(at, out);
    };
    let before: readonly Result[] | undefined;
    const alongRows = (): readonly Result[] => before ??= this.#alongRows(tensor);
    const steps = function* (index: number): Generator<void> {
      if (done.has(rows === 1 ? 0 : index)) return;
      for (const result of alongRows()) {
        yield* result.evaluate(index);
        yield;
      }
      yield* evaluate(index);
      yield;
    };
    const row = (index: number): Float64Array => {
      const at = rows === 1 ? 0 : index;
      if (!done.has(at)) finish(steps(at));
      return done.get(at)!;
    };
    return { form, rows, width, inputs, row, evaluate, steps };
  }

  /** What a tensor is made from; of a composition without a reference of its own also the whole of its parts. */
  #inputsOf(tensor: Tensor): readonly Tensor[] {
    const { origin } = tensor;
    if (origin.kind === 'source' || origin.operation.reference || origin.operation.body) return inputsOf(tensor);
    let whole = this.#wholes.get(tensor);
    if (!whole) this.#wholes.set(tensor, whole = composing(() => origin.operation.compose!(origin.inputs, origin.parameters))!);
    return [...origin.inputs, whole];
  }

  #rowInputsOf(tensor: Tensor): readonly Tensor[] {
    return this.#inputsOf(tensor).filter((input, index) => input === this.#wholes.get(tensor) || axisOf(tensor, index) === 'rows');
  }

  /** The results whose rows a row of the tensor is made from, inputs first. */
  #alongRows(tensor: Tensor): readonly Result[] {
    return inputsFirst(tensor, (each) => this.#rowInputsOf(each)).flatMap((each) => (each === tensor ? [] : this.#results.get(each) ?? []));
  }
}

/** Goes round a loop for one row, of which the others are not needed. */
function loopWriter({ given, next, steps }: LoopBody<Tensor>, inputs: readonly Operand[]): RowWriter {
  return function* (row, out) {
    let state = inputs[0]!.row(row);
    for (let step = 0; step < steps; step++) {
      const { form, rows, width } = given[0]!;
      const before = state;
      const known = new Map(given.map((tensor, index) => [tensor, index === 0 ? { form, rows, width, row: () => before } : inputs[index]!]));
      const reference = new Reference(() => new Float32Array(), known);
      yield* reference.steps(next, row);
      state = reference.operand(next).row(row);
    }
    for (let k = 0; k < out.length; k++) out[k] = state[k]!;
  };
}

function inputsOf({ origin }: Tensor): readonly Tensor[] {
  return origin.kind === 'result' ? origin.inputs : [];
}

function rowOf(data: StoredNumbers, rows: number, width: number, index: number): Float32Array {
  const at = rows === 1 ? 0 : index;
  return numbersOf(data, at * width, width);
}
