import { apply, type Operation } from '../src/engine/operation.ts';
import type { Tensor } from '../src/engine/tensor.ts';

/** An operation with one of its examples, as these inputs want it. */
export function ofExample<Parameters>(operation: Operation<Parameters>, inputs: readonly Tensor[], example: Parameters): Tensor {
  return apply(operation, inputs, operation.fitted?.(example, inputs) ?? example);
}

/** Numbers in a row of each argument, for so many outcomes or as many as the operation takes. */
export function widthsOf({ arguments: wanted, mostOutcomes = Infinity }: Operation, outcomes: number): number[] {
  const n = Math.min(outcomes, mostOutcomes);
  return wanted.map(({ width }) => width?.(n) ?? n);
}
