import mixtureSource from '../../shaders/steps/mixture-slopes.wgsl?raw';
import normalisedSource from '../../shaders/steps/normalised-rows.wgsl?raw';
import slopesSource from '../../shaders/steps/slopes.wgsl?raw';
import { defineUniforms } from '../engine/uniform-layout.ts';
import { batchSize, type Operand, type Operation } from '../engine/operation.ts';
import { commonPieces } from '../math/pieces.ts';
import { sumOf } from '../math/sum.ts';
import { paddedWidth } from '../math/tile-product.ts';
import { slope, slopePieces, slopeTables } from './slope.ts';

interface Alpha {
  readonly alpha: number;
}

const source = 'see mirrorDescent';
const tolerance = { ulps: () => 16, relativeTo: 'row' as const, reason: 'an intermediate result; the descent is what is promised' };

/** Rows over their mass, padded to whole quads where products read them. */
export const normalisedRows: Operation<{ readonly padded: boolean }> = {
  name: 'normalisedRows', formula: 'p/Σp', source, tolerance,
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
  result: ([p], { padded }) => ({ shape: [p!.rows, padded ? paddedWidth(p!.width) : p!.width], form: 'values' }),
  kernel: {
    pieces: () => [...commonPieces, { name: 'steps/normalised-rows.wgsl', source: normalisedSource }],
    uniforms: defineUniforms({ rows: 'u32', width: 'u32', zero: 'u32', p_start: 'u32', p_stride: 'u32', outcomes: 'u32' }),
    values: ({ inputs }) => ({ outcomes: inputs[0]!.width }),
    over: 'rows',
    items: ({ rows }) => rows,
  },
  reference: ([p]) => (row, out) => {
    const weights = p!.row(row);
    const total = sumOf(weights);
    for (let k = 0; k < weights.length; k++) out[k] = weights[k]! / total;
  },
};

/** Slopes of D_α(t ‖ q) in q. */
export const slopes: Operation<Alpha> = {
  name: 'slopes', formula: '∂D_α(t‖q)/∂q', source, tolerance,
  arguments: [{ name: 'q', takes: 'distributions', axis: 'rows' }, { name: 'targets', takes: 'values', axis: 'rows' }],
  result: (inputs) => ({ shape: [batchSize(slopes, inputs), inputs[0]!.width], form: 'values' }),
  kernel: {
    pieces: ({ parameters: { alpha } }) => [...slopePieces(alpha), { name: 'steps/slopes.wgsl', source: slopesSource }],
    tables: ({ parameters: { alpha } }) => slopeTables(alpha),
    uniforms: defineUniforms({ rows: 'u32', width: 'u32', q_start: 'u32', q_stride: 'u32', targets_start: 'u32', targets_stride: 'u32' }),
    over: 'elements',
    items: ({ rows, width }) => rows * width,
  },
  reference: ([q, targets], { alpha }) => (row, out) => {
    for (let k = 0; k < out.length; k++) out[k] = slope(alpha, targets!.row(row)[k]!, q!.row(row)[k]!);
  },
};

/** Slopes of D_α(t ‖ w R) in w R, for padded rows of R and t. */
export const mixtureSlopes: Operation<Alpha> = {
  name: 'mixtureSlopes', formula: '∂D_α(t‖q)/∂q at q = w R', source, tolerance,
  arguments: [
    { name: 'w', takes: 'distributions', axis: 'rows' }, { name: 'components', takes: 'values', axis: 'whole' }, { name: 'targets', takes: 'values', axis: 'rows' },
  ],
  result: (inputs) => ({ shape: [batchSize(mixtureSlopes, inputs), inputs[1]!.width], form: 'values' }),
  kernel: {
    pieces: ({ parameters: { alpha } }) => [...slopePieces(alpha), { name: 'steps/mixture-slopes.wgsl', source: mixtureSource }],
    tables: ({ parameters: { alpha } }) => slopeTables(alpha),
    uniforms: defineUniforms({
      rows: 'u32', width: 'u32', zero: 'u32', w_start: 'u32', w_stride: 'u32', components_start: 'u32', components_stride: 'u32',
      targets_start: 'u32', targets_stride: 'u32', components: 'u32',
    }),
    values: ({ inputs }) => ({ components: inputs[1]!.rows }),
    over: 'elements',
    items: ({ rows, width }) => Math.ceil(rows / 8) * Math.ceil(width / 8),
  },
  reference: ([w, components, targets], { alpha }) => (row, out) => {
    mix(w!.row(row), components!, out);
    for (let k = 0; k < out.length; k++) out[k] = slope(alpha, targets!.row(row)[k]!, out[k]!);
  },
};

/** out = Σ_m w_m r_m. */
export function mix(w: ArrayLike<number>, components: Pick<Operand, 'rows' | 'row'>, out: Float64Array): void {
  out.fill(0);
  for (let m = 0; m < components.rows; m++) {
    const weight = w[m]!;
    if (weight === 0) continue;
    const component = components.row(m);
    for (let k = 0; k < out.length; k++) out[k]! += weight * component[k]!;
  }
}
