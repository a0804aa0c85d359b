import { inputsFirst } from './lineage.ts';
import { finish, type Operand } from './operation.ts';
import { numbersOf, type StoredNumbers } from './storage.ts';
import type { Tensor } from './tensor.ts';

/** Gives the host's copy of a source; a source that lives in a GPUBuffer has been read back before. */
export type SourceData = (source: Tensor) => StoredNumbers;

/** A result's operand, and the evaluation of one row once the rows it is made from are there. */
interface Result extends Operand {
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
  readonly #operands = new Map<Tensor, Operand>();
  readonly #results = new Map<Tensor, Result>();

  constructor(sourceData: SourceData) {
    this.#sourceData = sourceData;
  }

  operand(root: Tensor): Operand {
    for (const tensor of inputsFirst(root, (each) => (this.#operands.has(each) ? [] : inputsOf(each)))) {
      if (!this.#operands.has(tensor)) this.#operands.set(tensor, tensor.origin.kind === 'source' ? this.#ofSource(tensor) : this.#ofResult(tensor));
    }
    return this.#operands.get(root)!;
  }

  /** Evaluates a row of a tensor in steps of about a millisecond at most; then its operand has it. */
  steps(tensor: Tensor, row: number): Iterable<void> {
    this.operand(tensor);
    return this.#results.get(tensor)?.steps(row) ?? [];
  }

  /** The operands of a result, in the order of its operation's arguments. */
  inputs(tensor: Tensor): readonly Operand[] {
    return inputsOf(tensor).map((input) => this.operand(input));
  }

  #ofSource(tensor: Tensor): Operand {
    const { rows, width, form } = tensor;
    const data = this.#sourceData(tensor);
    return { form, rows, width, row: (index) => rowOf(data, rows, width, index) };
  }

  #ofResult(tensor: Tensor): Operand {
    const { rows, width, form, origin } = tensor;
    if (origin.kind !== 'result') throw new TypeError('A source has no operation');
    const write = origin.operation.reference(this.inputs(tensor), origin.parameters);
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
    };
    const row = (index: number): Float64Array => {
      const at = rows === 1 ? 0 : index;
      if (!done.has(at)) finish(steps(at));
      return done.get(at)!;
    };
    const result: Result = { form, rows, width, row, evaluate, steps };
    this.#results.set(tensor, result);
    return result;
  }

  /** The results whose rows a row of the tensor is made from, itself included, inputs first. */
  #alongRows(tensor: Tensor): readonly Result[] {
    return inputsFirst(tensor, rowInputsOf).flatMap((each) => this.#results.get(each) ?? []);
  }
}

function inputsOf({ origin }: Tensor): readonly Tensor[] {
  return origin.kind === 'result' ? origin.inputs : [];
}

function rowInputsOf({ origin }: Tensor): readonly Tensor[] {
  return origin.kind === 'result' ? origin.inputs.filter((_, index) => origin.operation.arguments[index]!.axis === 'rows') : [];
}

function rowOf(data: StoredNumbers, rows: number, width: number, index: number): Float32Array {
  const at = rows === 1 ? 0 : index;
  return numbersOf(data, at * width, width);
}
