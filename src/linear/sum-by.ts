import source from '../../shaders/linear/sum-by.wgsl?raw';
import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import { apply, turnsPerStep, type Operation } from '../engine/operation.ts';
import { taken } from '../engine/parameters.ts';
import { isArray } from '../engine/tags.ts';
import type { Tensor } from '../engine/tensor.ts';
import { doubleSinglePiece } from '../math/double-single.ts';
import { bytesInDouble } from '../math/scratch.ts';
import { tensorOfIndices } from '../math/take.ts';
import { step, stripKernel, stripsOf, sumOfStrips, type Strips } from './strips.ts';
import { checkNumbers, numbers, ofSums } from './sums.ts';

interface Groups {
  /** How many groups there are; the sums of those without rows are 0. */
  readonly groups: number;
}

type Parameters = Groups & { readonly index: ArrayLike<number> };

const name = 'sumBy';
const batch = [numbers('x', 'batch'), numbers('index', 'batch')];

/** What each strip has of every group: sums in f32, and what they have lost. */
const ofStrips: Operation<Groups & Strips> = {
  ...step, name: 'sumsOfStrips', arguments: batch,
  result: ([x], { groups, strips }) => ({ shape: [groups, 2 * strips * x!.width], form: 'values' }),
  kernel: stripKernel(
    { inputs: { x: 'f32', index: 'u32' }, output: ['sums', 'f32'] },
    [doubleSinglePiece, { name: 'linear/sum-by.wgsl', source }], ({ inputs }) => inputs[0]!.width,
  ),
};

/** For the CPU with the rows in the order of their groups, and where in it each group begins and ends. */
const ofGroups: Operation<Groups> = {
  ...step, name: 'sumsOfGroups', arguments: [...batch, numbers('order', 'whole'), numbers('ends', 'rows')],
  result: ([x], { groups }) => ({ shape: [groups, x!.width], form: 'values' }),
  compose([x, index], { groups }) {
    const strips = stripsOf(x!.rows, 2 * groups * x!.width);
    return sumOfStrips(apply(ofStrips, [x!, index!], { groups, strips }), x!.width);
  },
  cpu: ({ width }) => ({ name: 'groupSums', order: [0, 2, 3], scratch: bytesInDouble(width) }),
};

const operation: Operation<Parameters> = {
  name, usage: 'sumBy(x, index, { groups })', formula: 'Σ x_i over the rows i of each group', source: 'definition',
  arguments: [numbers('x', 'batch')],
  parameters: ['index', 'groups'],
  examples: [{ index: [0], groups: 3 }],
  fitted: ({ groups }, [x]) => ({ groups, index: Array.from({ length: x!.rows }, (_, row) => (row * row) % groups) }),
  check({ index, groups }, inputs) {
    checkNumbers(operation, inputs);
    checkGroups(groups);
    checkIndex(index, inputs[0]!.rows, groups);
  },
  result: ([x], { groups }) => ({ shape: [groups, ...x!.shape.slice(1)], form: 'values' }),
  dearness: ({ groups }) => ({ webgpu: 1 / groups, fast: 1 / groups, reference: 1 / groups }),
  compose([x], { index, groups }) {
    const { order, ends } = sorted(index, groups);
    return apply(ofGroups, [x!, tensorOfIndices(x!, Uint32Array.from(index)), tensorOfIndices(x!, order), tensorOfIndices(x!, ends, 2)], { groups });
  },
  ...ofSums(1, 'sums of 48 bits at least', ([x], { index, groups }, of) => {
    const [{ order, ends }, turns] = [sorted(index, groups), turnsPerStep(x!.width)];
    return function* (group, out) {
      for (let at = ends[2 * group]!; at < ends[2 * group + 1]!; at++) {
        const row = x!.row(order[at]!);
        for (let k = 0; k < out.length; k++) out[k]! += of(row[k]!);
        if (at % turns === 0) yield;
      }
    };
  }),
};

/** The rows in the order of their groups, and of each group where in it it begins and ends. */
function sorted(index: ArrayLike<number>, groups: number): { readonly order: Uint32Array<ArrayBuffer>; readonly ends: Uint32Array<ArrayBuffer> } {
  const [order, ends] = [new Uint32Array(index.length), new Uint32Array(2 * groups)];
  for (let row = 0; row < index.length; row++) ends[2 * index[row]! + 1]!++;
  for (let group = 1; group < groups; group++) ends[2 * group + 1]! += ends[2 * group] = ends[2 * group - 1]!;
  const next = ends.filter((_, at) => at % 2 === 0);
  for (let row = 0; row < index.length; row++) order[next[index[row]!]!++] = row;
  return { order, ends };
}

function checkGroups(groups: unknown): void {
  if (Number.isInteger(groups) && (groups as number) > 0 && (groups as number) < 2 ** 31) return;
  throw new DomainError({ operation: name, argument: 'groups', expected: 'a whole number > 0', got: shown(groups), remedy: 'Pass { groups: … }, how many rows the result has.' });
}

function checkIndex(index: unknown, rows: number, groups: number): void {
  const at = { operation: name, argument: 'index' };
  if (!isArray(index)) { // lists of all kinds have become arrays
    throw new DomainError({ ...at, expected: 'a list of whole numbers', got: shown(index), remedy: 'Pass an array or a typed array with the group of each row.' });
  }
  if (index.length !== rows) throw new ShapeError({ ...at, expected: `one group for each of the ${rows} rows`, got: `${index.length}`, remedy: 'Give every row its group.' });
  const row = index.findIndex((group: unknown) => !(Number.isInteger(group) && (group as number) >= 0 && (group as number) < groups));
  if (row < 0) return;
  throw new (Number.isInteger(index[row]) ? ShapeError : DomainError)({
    ...at, row, expected: `whole numbers from 0 to ${groups - 1}, the groups`, got: shown(index[row]), remedy: 'Groups are counted from 0.',
  });
}

/**
 * Sums of rows by groups: row i of x is added to row index[i] of the result. It is the adjoint of `take`; the list is copied.
 *
 * Shapes: x [rows, …] of any form but logits and taken as it is, index one group a row; the result is [groups, …], real vectors.
 * The rows come block after block where they are too many for a device at once; the blocks do not change a bit.
 * Errors: ShapeError, DomainError, both with the row whose group there is not; within an ulp of Σ |x|.
 *
 * @example
 * const totals = await sumBy(p, [1, 0], { groups: 3 }).read(); // rows: that of p_1, that of p_0, and zeros
 */
export const sumBy: { (x: Tensor, index: ArrayLike<number>, parameters: Groups): Tensor; readonly operation: Operation<Parameters> } = Object.assign(
  (x: Tensor, index: ArrayLike<number>, parameters: Groups): Tensor => apply(operation, [x], { index, ...taken(name, 'parameters', parameters, ['groups']) }), { operation },
);
