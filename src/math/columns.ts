import source from '../../shaders/math/columns.wgsl?raw';
import { readField } from '../engine/fields.ts';
import { apply, type Operation } from '../engine/operation.ts';
import { makingOf } from '../engine/lineage.ts';
import type { Tensor } from '../engine/tensor.ts';
import { defineFrame } from '../engine/frame.ts';

interface Columns {
  readonly from: number;
  /** Of the result, whose first number counts the rows. */
  readonly shape: readonly number[];
}

const operation: Operation<Columns> = {
  name: 'columns', formula: 'x_k for from ≤ k < from + width', source: 'definition',
  arguments: [{ name: 'x', takes: 'any', axis: 'rows' }],
  result: ([x], { shape }) => ({ shape: [x!.rows, ...shape], form: x!.form }),
  tolerance: { ulps: () => 32, relativeTo: 'row', reason: 'numbers are only copied, but may be results that have their own errors' },
  view: ({ from }) => from,
  readPart: readField,
  kernel: {
    pieces: [{ name: 'math/columns.wgsl', source }],
    frame: defineFrame({
      inputs: { x: 'u32' }, output: ['columns', 'u32'], uniforms: { column: 'u32' }, calls: 'element',
    }),
    values: ({ parameters: { from } }) => ({ column: from }),
    over: 'elements',
  },
  cpu: ({ parameters: { from } }) => ({ name: 'takenColumns', numbers: [from] }),
  reference: ([x], { from }) => (row, out) => {
    const numbers = x!.row(row);
    for (let k = 0; k < out.length; k++) out[k] = numbers[from + k]!;
  },
};

/** Columns of the rows of a tensor, in a shape of their own; on the GPU what reads them reads them where they lie. */
export function columns(x: Tensor, from: number, shape: readonly number[]): Tensor {
  return apply(operation, [x], { from, shape });
}

/** The results that a record states as fields, each as a tensor; who reads several has them of one run. */
export function fieldsOf<Name extends string>(of: Tensor): Readonly<Record<Name, Tensor>> {
  const { operation: record, inputs, parameters } = makingOf(of);
  let from = 0;
  return Object.fromEntries(Object.entries(record.fields!(inputs, parameters)).map(([name, shape]) => {
    const field = columns(of, from, shape);
    from += field.width;
    return [name, field];
  })) as Record<Name, Tensor>;
}
