import type { Operand } from './operation.ts';
import type { Tensor } from './tensor.ts';

/** Gives the host's copy of a source; a source that lives in a GPUBuffer has been read back before. */
export type SourceData = (source: Tensor) => Float32Array;

/**
 * Evaluates lineage in f64 on the CPU, one row at a time and only the rows that are asked for, each once.
 * It is the fallback and, for the rows of a certificate, the judge.
 */
export class Reference {
  readonly #sourceData: SourceData;
  readonly #operands = new Map<Tensor, Operand>();

  constructor(sourceData: SourceData) {
    this.#sourceData = sourceData;
  }

  operand(tensor: Tensor): Operand {
    const known = this.#operands.get(tensor);
    if (known) return known;
    const operand = tensor.origin.kind === 'source' ? this.#ofSource(tensor) : this.#ofResult(tensor);
    this.#operands.set(tensor, operand);
    return operand;
  }

  /** The operands of a result, in the order of its operation's arguments. */
  inputs(tensor: Tensor): readonly Operand[] {
    return tensor.origin.kind === 'result' ? tensor.origin.inputs.map((input) => this.operand(input)) : [];
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
    return {
      form, rows, width,
      row(index) {
        const at = rows === 1 ? 0 : index;
        let out = done.get(at);
        if (!out) {
          out = new Float64Array(width);
          write(at, out);
          done.set(at, out);
        }
        return out;
      },
    };
  }
}

function rowOf(data: Float32Array, rows: number, width: number, index: number): Float32Array {
  const at = rows === 1 ? 0 : index;
  return data.subarray(at * width, (at + 1) * width);
}
