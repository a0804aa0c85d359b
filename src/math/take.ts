import source from '../../shaders/math/take.wgsl?raw';
import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operation } from '../engine/operation.ts';
import { taken } from '../engine/parameters.ts';
import { isArray } from '../engine/tags.ts';
import { Tensor } from '../engine/tensor.ts';

interface Indices {
  readonly index: ArrayLike<number>;
}

const name = 'take';
const tolerance = { ulps: () => 32, relativeTo: 'row', reason: 'numbers are only copied, but may be results that have their own errors' } as const;

const gather: Operation<object> = {
  name: 'gather', formula: 'x_i for each i of a list', source: 'definition', tolerance,
  arguments: [{ name: 'x', takes: 'any', axis: 'picked' }, { name: 'index', takes: 'values', axis: 'rows' }],
  result: ([x, index]) => ({ shape: [index!.rows, ...x!.shape.slice(1)], form: x!.form }),
  kernel: {
    pieces: [{ name: 'math/take.wgsl', source }],
    frame: defineFrame({ inputs: { x: 'u32', index: 'u32' }, output: ['taken', 'u32'], calls: 'element' }),
    over: 'elements',
  },
  cpu: () => ({ name: 'takenRows' }),
  reference: ([x, index]) => (row, out) => out.set(x!.row(wholeOf(index!.row(row)[0]!))),
};

const operation: Operation<Indices> = {
  name, usage: 'take(x, index)', formula: 'x_i for each i of a list', source: 'definition', tolerance,
  arguments: [{ name: 'x', takes: 'any', axis: 'picked' }],
  parameters: ['index'],
  examples: [{ index: [0, 0, 0, 0] }],
  check: ({ index }, [x]) => checkIndices(index, x!.rows),
  result: ([x], { index }) => ({ shape: [index.length, ...x!.shape.slice(1)], form: x!.form }),
  compose: ([x], { index }) => apply(gather, [x!, tensorOfIndices(x!, Uint32Array.from(index))], {}),
  reference: ([x], { index }) => (row, out) => out.set(x!.row(index[row]!)),
};

/** Indices, `width` of them a row, as the bits of f32, which hold more of them than its numbers do. */
export function tensorOfIndices({ host }: Tensor, index: Uint32Array<ArrayBuffer>, width = 1): Tensor {
  return new Tensor(host, [index.length / width, width], 'values', { kind: 'source', data: new Float32Array(index.buffer), trusted: true });
}

export function wholeOf(bits: number): number {
  return new Uint32Array(Float32Array.of(bits).buffer)[0]!;
}

function checkIndices(index: unknown, rows: number): void {
  if (!isArray(index)) { // lists of all kinds have become arrays
    throw new DomainError({ operation: name, argument: 'index', expected: 'a list of whole numbers', got: shown(index), remedy: 'Pass an array or a typed array of the rows that are wanted.' });
  }
  const at = index.findIndex((row: unknown) => !(Number.isInteger(row) && (row as number) >= 0 && (row as number) < rows));
  if (at < 0) return;
  const isRow = Number.isInteger(index[at]);
  throw new (isRow ? ShapeError : DomainError)({
    operation: name, argument: 'index', row: at, expected: rows === 0 ? 'no index, for there are no rows' : `whole numbers from 0 to ${rows - 1}, the rows of x`, got: shown(index[at]), remedy: 'Rows are counted from 0.',
  });
}

/**
 * Rows of x by a list of indices, in its order and as often as they stand there; the list is copied. So pairs by index are
 * klDivergence(take(p, i), take(q, j)).
 *
 * Shapes: x [rows, …] of any form, results too; the result is [index.length, …] of the same form. Where it runs on the GPU the
 * rows never leave it, and x has to fit one binding as a whole.
 * Errors: ShapeError for an index beyond the rows, DomainError for what is no whole number, both with its place in the list as the row.
 *
 * @example
 * const pairs = klDivergence(take(p, [0, 0, 1]), take(q, Uint32Array.of(0, 0, 0)));
 */
export const take: { (x: Tensor, index: ArrayLike<number>): Tensor; readonly operation: Operation<Indices> } = Object.assign(
  (x: Tensor, index: ArrayLike<number>, options = {}): Tensor => apply(operation, [x], { index, ...taken(name, 'options', options, []) }), { operation },
);
