import rowwiseSource from '../../shaders/divergences/rowwise-alphas.wgsl?raw';
import { ShapeError } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import type { Kernel, Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, type Operation } from '../engine/operation.ts';
import { Tensor } from '../engine/tensor.ts';
import { alphaTables, alphaTablesPiece, shortTableLength } from '../math/alpha-tables.ts';
import { seriesDegree, seriesPieces } from '../math/table.ts';
import { checkAlphas, greatestMagnitude, isList, type AlphaList } from './alpha-list.ts';
import { alphaTolerance, logitPieces, unsupportedAlpha, weightPieces, type AlphaParameters } from './alpha-member.ts';
import { identityMember } from './identity-member.ts';
import { pairArguments } from './row-divergence.ts';

const rowwiseAlphasPiece: Piece = { name: 'divergences/rowwise-alphas.wgsl', source: rowwiseSource };

export interface RowAlphaParameters {
  /** Amari's α: −1 is KL(p‖q), +1 is KL(q‖p), 0 is 4H². Any real number, or one for each row. */
  readonly alpha: number | AlphaList;
}

function alphasOf({ alpha }: RowAlphaParameters): AlphaList {
  return typeof alpha === 'number' ? [alpha] : alpha;
}

const kernel: Kernel<RowAlphaParameters> = {
  pieces: ({ parameters, inputs }) => [
    ...(isLogits(inputs[0]!.form) ? logitPieces : weightPieces), alphaTablesPiece, ...seriesPieces(seriesDegree(greatestMagnitude(alphasOf(parameters)))),
    identityMember, rowwiseAlphasPiece,
  ],
  frame: defineFrame({
    inputs: { p: 'stored', q: 'stored', tables: 'vec4<u32>', slots: 'f32' }, output: ['divergences', 'u32'], calls: 'compute_item',
  }),
  over: 'rows',
};

/**
 * An operation at one α, made to take an α for each row: the tables of the distinct ones become an input, and another
 * says which of them is a row's.
 */
export function withAlphaRows(single: Operation<AlphaParameters>): Operation<RowAlphaParameters> {
  const { name, formula, source } = single;
  const magnitude = (parameters: RowAlphaParameters): number => greatestMagnitude(alphasOf(parameters));
  const common = {
    name, formula, source,
    tolerance: alphaTolerance(magnitude),
    reference: (operands: Parameters<typeof single.reference>[0], parameters: RowAlphaParameters) => {
      const alphas = alphasOf(parameters);
      if (alphas.length === 1) return single.reference(operands, { alpha: alphas[0]! });
      return (row: number, out: Float64Array) => single.reference(operands, { alpha: alphas[row]! })(row, out);
    },
  };
  const ofRows: Operation<RowAlphaParameters> = {
    ...common, kernel,
    arguments: [...pairArguments, { name: 'tables', takes: 'values', axis: 'whole' }, { name: 'slots', takes: 'values', axis: 'rows' }],
    result: (inputs) => ({ shape: [batchSize(ofRows, inputs)], form: 'values' }),
  };
  return {
    ...single, ...common,
    information: (parameters) => Array.from(alphasOf(parameters)).every((alpha) => Math.abs(alpha) === 1),
    examples: [...single.examples ?? [], { alpha: [2] }],
    unsupported: (parameters) => unsupportedAlpha(magnitude(parameters)),
    cpu: ({ parameters: { alpha }, ...dispatch }) => (isList(alpha) ? undefined : single.cpu?.({ ...dispatch, parameters: { alpha } })),
    check({ alpha }, inputs) {
      single.check?.({ alpha: isList(alpha) ? 0 : alpha }, inputs);
      if (!isList(alpha)) return;
      checkAlphas(name, 'alpha', alpha);
      checkCount(name, alpha.length, batchSize(single, inputs));
    },
    result: (inputs, parameters) => {
      const rows = batchSize(single, inputs);
      return { shape: [rows === 1 ? alphasOf(parameters).length : rows], form: 'values' };
    },
    kernel: single.kernel as Kernel<RowAlphaParameters>,
    compose(inputs, { alpha }) {
      if (!isList(alpha)) return single.compose?.(inputs, { alpha });
      return apply(ofRows, [...inputs, ...tablesOf(inputs[0]!, alpha)], { alpha });
    },
  };
}

/** The tables of the distinct α's, and the index of each row's among them. */
function tablesOf({ host }: Tensor, alphas: AlphaList): readonly [tables: Tensor, slots: Tensor] {
  const slotOf = new Map<number, number>();
  const slots = Float32Array.from(alphas, (alpha) => {
    if (!slotOf.has(alpha)) slotOf.set(alpha, slotOf.size);
    return slotOf.get(alpha)!;
  });
  const tensorOf = (rows: number, width: number, data: Float32Array<ArrayBuffer>): Tensor => new Tensor(host, [rows, width], 'values', { kind: 'source', data, trusted: true });
  return [tensorOf(slotOf.size, shortTableLength, alphaTables([...slotOf.keys()])), tensorOf(slots.length, 1, slots)];
}

function checkCount(operation: string, count: number, rows: number): void {
  if (count === rows || count === 1 || (rows === 1 && count > 0)) return;
  throw new ShapeError({ operation, argument: 'alpha', expected: `one α, or one for each of the ${rows} rows`, got: `${count}`, remedy: 'Give a number, or as many as there are rows.' });
}
