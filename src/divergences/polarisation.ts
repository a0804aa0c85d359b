import meanSource from '../../shaders/divergences/mean-row.wgsl?raw';
import featuresSource from '../../shaders/divergences/polarised-features.wgsl?raw';
import productSource from '../../shaders/divergences/polarised-product.wgsl?raw';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operand, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { deformedLogRatio, logRatio, weights } from '../math/alpha-family.ts';
import { probabilities } from '../math/probabilities.ts';
import { fittingBlocks, paddedWidth, panelCall, tileInputs, tileProduct } from '../math/tile-product.ts';
import { dot, sumOf } from '../math/sum.ts';
import { alphaDivergence } from './alpha-divergence.ts';
import type { AlphaParameters } from './alpha-member.ts';
import { deformedLogPieces, deformedLogTableOf } from '../math/deformed-log.ts';

/**
 * The α-divergence of all pairs as a matrix product, exact for every α and every positive row c:
 *
 *     D(p_i ‖ q_j) = D(p_i ‖ c) + D(c ‖ q_j) − Σ_k X_ik Y_jk,   X = √c T_b(log p/c),   Y = √c T_a(log q/c)
 *
 * c is near the mean of the rows, so that what is subtracted is no larger than what is left.
 */

const tolerance = { ulps: () => 16, relativeTo: 'row' as const, reason: 'an intermediate result; the matrix is what is promised' };
const source = 'three-point identity of Bregman divergences; Amari 2016, §4';

const uniformShare = 2 ** -10;
const unevenness = 2 ** -12;
/** In [0, 1), and unlike those of other outcomes. Of an even centre, products of many outcomes may be equal, and so their roundings, which then add up. */
const uneven = (k: number): number => (Math.imul(k, 0x9e3779b9) >>> 0) / 2 ** 32;

const meanRow: Operation<object> = {
  name: 'meanRow', formula: 'mean of the first rows of p and q, mixed with 2⁻¹⁰ of the uniform row', source, tolerance,
  arguments: [{ name: 'p', takes: 'distributions', axis: 'head' }, { name: 'q', takes: 'distributions', axis: 'head' }],
  result: ([p]) => ({ shape: [1, p!.width], form: 'weights' }),
  kernel: {
    pieces: [{ name: 'divergences/mean-row.wgsl', source: meanSource }],
    frame: defineFrame({
      inputs: { p: 'f32', q: 'f32' }, output: ['mean', 'f32'], uniforms: { p_rows: 'u32', q_rows: 'u32' }, calls: 'element',
    }),
    values: ({ inputs }) => ({ p_rows: inputs[0]!.rows, q_rows: inputs[1]!.rows }),
    over: 'elements',
  },
  reference: ([p, q]) => (_row, out) => {
    out.fill(0);
    const share = (1 - uniformShare) / (p!.rows + q!.rows);
    for (const rows of [p!, q!]) for (let i = 0; i < rows.rows; i++) for (let k = 0; k < out.length; k++) out[k]! += rows.row(i)[k]! * share;
    for (let k = 0; k < out.length; k++) out[k] = (1 + unevenness * uneven(k)) * out[k]! + ((0.5 + uneven(k)) * uniformShare) / out.length;
  },
};

/** The mean row, of whatever mass the rows have. */
const centreRow: Operation<object> = {
  name: 'centre', formula: 'mean of the first rows of p and q as distributions, mixed with 2⁻¹⁰ of the uniform row', source, tolerance,
  arguments: meanRow.arguments,
  result: ([p]) => ({ shape: [1, p!.width], form: 'probabilities' }),
  compose: ([p, q]) => probabilities(apply(meanRow, [probabilities(p!), probabilities(q!)], {})),
  cpu: ({ width }) => ({ name: 'meanRow', scratch: 8 * width }),
  reference: (operands, parameters) => {
    const mean = meanRow.reference(operands.map(normalised), parameters);
    return (row, out) => {
      void mean(row, out);
      const mass = sumOf(out);
      out.forEach((x, k) => (out[k] = x / mass));
    };
  },
};

function normalised(rows: Operand): Operand {
  return {
    ...rows,
    row(index) {
      const row = rows.row(index);
      const mass = sumOf(row);
      return Float64Array.from(row, (weight) => weight / mass);
    },
  };
}

const features: Operation<{ readonly exponent: number }> = {
  name: 'polarisedFeatures', formula: '√c T_e(log p/c) of rows of one mass', source, tolerance,
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'centre', takes: 'distributions', axis: 'whole' }],
  result: ([p]) => ({ shape: [p!.rows, paddedWidth(p!.width)], form: 'values' }),
  kernel: {
    pieces: [...deformedLogPieces, { name: 'divergences/polarised-features.wgsl', source: featuresSource }],
    table: ({ parameters }) => deformedLogTableOf(parameters.exponent),
    frame: defineFrame({ inputs: { p: 'u32', centre: 'u32' }, output: ['features', 'f32'], calls: 'compute_item' }),
    over: 'rows',
  },
  cpu: ({ parameters }) => ({ name: 'polarisedFeatures', tables: [deformedLogTableOf(parameters.exponent)] }),
  reference: ([p, centre], { exponent }) => (row, out) => {
    const [weightsOfRow, c] = [p!.row(row), centre!.row(0)];
    const ratio = sumOf(c) / sumOf(weightsOfRow); // c is rounded, and has not quite the mass 1
    for (let k = 0; k < c.length; k++) {
      const x = weightsOfRow[k]! * ratio;
      const limit = exponent > 0 ? -1 / exponent : 0;
      out[k] = Math.sqrt(c[k]!) * (x > 0 ? deformedLogRatio(exponent, logRatio(c[k]!, x)) : limit);
    }
  },
};

/** A product is trusted for a pair whose divergence is at least this share of the detour by the centre; measured to keep 4 ulp. */
const settledShare = 0.7;

const product: Operation<object> = {
  name: 'polarisedProduct', formula: 'D(p‖c) + D(c‖q) − X Yᵀ, or −1 where that is not to be trusted', source, tolerance,
  arguments: [
    { name: 'x', takes: 'values', axis: 'rows' }, { name: 'y', takes: 'values', axis: 'columns' },
    { name: 'to_centre', takes: 'values', axis: 'rows' }, { name: 'from_centre', takes: 'values', axis: 'columns' },
  ],
  result: ([x, y]) => ({ shape: [x!.rows, y!.rows], form: 'values' }),
  kernel: {
    ...tileProduct({ name: 'divergences/polarised-product.wgsl', source: productSource }, fittingBlocks),
    frame: defineFrame({
      inputs: { ...tileInputs, to_centre: 'u32', from_centre: 'u32' }, output: ['estimates', 'f32'],
      uniforms: { quads: 'u32', settled_share: 'f32' }, calls: 'compute_item',
    }),
    values: ({ inputs }) => ({ quads: inputs[0]!.width / 4, settled_share: settledShare }),
  },
  cpu: (dispatch) => ({ ...panelCall(dispatch), name: 'polarisedProduct', numbers: [settledShare] }),
  reference: ([x, y, toCentre, fromCentre]) => (row, out) => {
    for (let j = 0; j < out.length; j++) {
      const detour = toCentre!.row(row)[0]! + fromCentre!.row(j)[0]!;
      const divergence = detour - dot(x!.row(row), y!.row(j));
      out[j] = divergence > settledShare * detour ? divergence : -1;
    }
  },
};

/** Estimates of D_α(p_i ‖ q_j) by one matrix product; −1 for a pair that has to be evaluated directly. */
export function polarisedEstimates(p: Tensor, q: Tensor, parameters: AlphaParameters): Tensor {
  const { a, b } = weights(parameters.alpha);
  const c = apply(centreRow, [p, q], {});
  return apply(product, [
    apply(features, [p, c], { exponent: b }), apply(features, [q, c], { exponent: a }),
    alphaDivergence(p, c, parameters), alphaDivergence(c, q, parameters),
  ], {});
}
