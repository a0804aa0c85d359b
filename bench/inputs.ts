import { widthsOf } from '../host/examples.ts';
import { uniformFrom } from '../host/uniform.ts';
import type { Argument, Operation } from '../src/engine/operation.ts';
import type { Engine, Tensor } from '../src/index.ts';

export interface Shape {
  readonly rows: number;
  /** Of the second batch, when all pairs are asked for. */
  readonly columns?: number;
  readonly outcomes: number;
}

type Numbers = Float32Array<ArrayBuffer>;

/**
 * Data for every argument of an operation by its kind alone: rows spread evenly over the simplex, vectors in [−1, 1).
 */
export function randomInputs(operation: Operation, { rows, columns = rows, outcomes }: Shape): Numbers[] {
  const random = uniformFrom(20_240_611);
  const widths = widthsOf(operation, outcomes);
  return operation.arguments.map(({ takes, axis }, index) => {
    const data = new Float32Array((axis === 'columns' ? columns : rows) * widths[index]!);
    if (holdsRows(takes)) fillSimplex(data, outcomes, random);
    else for (let i = 0; i < data.length; i++) data[i] = 2 * random() - 1;
    return data;
  });
}

export function inputsOf(engine: Engine, operation: Operation, outcomes: number, data: readonly Numbers[]): Tensor[] {
  const widths = widthsOf(operation, outcomes);
  return operation.arguments.map(({ takes }, index) =>
    holdsRows(takes) ? engine.rows(data[index]!, { outcomes }) : engine.values(data[index]!, { outcomes: widths[index]! }),
  );
}

function holdsRows(takes: Argument['takes']): boolean {
  return takes !== 'values';
}

/** Exponential variates over their sum are uniform on the simplex. */
function fillSimplex(data: Numbers, outcomes: number, random: () => number): void {
  for (let start = 0; start < data.length; start += outcomes) {
    const row = data.subarray(start, start + outcomes);
    let total = 0;
    for (let k = 0; k < outcomes; k++) total += row[k] = -Math.log1p(-random());
    for (let k = 0; k < outcomes; k++) row[k]! /= total;
  }
}
