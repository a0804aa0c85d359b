import columnsSource from '../../shaders/math/as-columns.wgsl?raw';
import sumSource from '../../shaders/math/exact-sum.wgsl?raw';
import laneSource from '../../shaders/math/limbs-lane.wgsl?raw';
import workgroupSource from '../../shaders/math/limbs-workgroup.wgsl?raw';
import quotientSource from '../../shaders/math/rounded-quotient.wgsl?raw';
import summedSource from '../../shaders/math/summed-rows.wgsl?raw';
import weightedSource from '../../shaders/math/weighted-rows.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, turnsPerStep, type Argument, type Operand, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { CompensatedSum } from './sum.ts';

/** What a sum is divided by: 1, the number of rows, or the sum of their weights. */
interface Divisor {
  readonly divisor: number;
}

/** 40 limbs of 16 bits, two flags for infinities, and room to a multiple of four. */
const stateLength = 44;
const common = { source: 'Kulisch 2013', tolerance: { ulps: () => 1, relativeTo: 'entry', reason: 'exact, but for one rounding' } } as const;
const inputsAlong = (axis: Argument['axis'], count: number): readonly Argument[] => ['values', 'weights'].slice(0, count).map((name) => ({ name, takes: 'values', axis }));

/** Rows of one number as columns of one row, which the engine brings to a fold block after block. */
const columns: Operation<object> = {
  ...common, name: 'asColumns', formula: 'xᵀ',
  arguments: [{ name: 'x', takes: 'values', axis: 'columns' }],
  result: ([x]) => ({ shape: [1, x!.rows], form: 'values' }),
  kernel: {
    pieces: [{ name: 'math/as-columns.wgsl', source: columnsSource }],
    frame: defineFrame({ inputs: { x: 'u32' }, output: ['columns', 'u32'], calls: 'element' }),
    over: 'elements',
  },
  reference: ([x]) => (_row, out) => { for (let k = 0; k < out.length; k++) out[k] = x!.row(k)[0]!; },
};

const summedRows: Piece = { name: 'math/summed-rows.wgsl', source: summedSource };
const weightedRows: Piece = { name: 'math/weighted-rows.wgsl', source: weightedSource };
const exactSum: Piece = { name: 'math/exact-sum.wgsl', source: sumSource };
const limbs: Readonly<Record<'lane' | 'workgroup', Piece>> = {
  lane: { name: 'math/limbs-lane.wgsl', source: laneSource }, workgroup: { name: 'math/limbs-workgroup.wgsl', source: workgroupSource },
};

/** Of values alone, or of values and weights. */
function stateOf(count: number): Operation<object> {
  return {
    ...common, name: 'exactSum', formula: 'Σ w x',
    arguments: inputsAlong('fold', count),
    result: () => ({ shape: [1, stateLength], form: 'values' }),
    kernel: {
      pieces: (_, regime) => [count === 1 ? summedRows : weightedRows, exactSum, limbs[regime === 'lane' ? 'lane' : 'workgroup']],
      frame: defineFrame({
        inputs: { values: 'u32', ...(count === 2 && { weights: 'u32' }), before: 'u32' }, output: ['state', 'u32'],
        uniforms: { columns: 'u32' }, calls: 'compute_item',
      }),
      values: ({ inputs }) => ({ columns: inputs[0]!.width }),
      over: 'rows',
    },
    reference: ([values, weights]) => (_row, out) => {
      const [x, w] = [values!.row(0), weights?.row(0)];
      const total = new CompensatedSum();
      for (let k = 0; k < x.length; k++) if (w?.[k] !== 0) total.add(x[k]! * (w?.[k] ?? 1));
      out[0] = total.value;
    },
  };
}

const quotient: Operation<Divisor> = {
  ...common, name: 'roundedQuotient', formula: 'Σ w x/W',
  arguments: [{ name: 'state', takes: 'values', axis: 'rows' }],
  result: () => ({ shape: [1], form: 'values' }),
  kernel: {
    pieces: [{ name: 'math/rounded-quotient.wgsl', source: quotientSource }],
    frame: defineFrame({
      inputs: { state: 'u32' }, output: ['quotients', 'u32'], calls: 'compute_item',
      uniforms: { divisor_high: 'u32', divisor_low: 'u32', divisor_exponent: 'i32' },
    }),
    values: ({ parameters: { divisor } }) => wholeOf(divisor),
    over: 'rows',
    iterations: () => 1024,
  },
  reference: ([state], { divisor }) => (row, out) => { out[0] = state!.row(row)[0]! / divisor; },
};

/** A positive number as a whole one of at most 53 bits times a power of two. */
function wholeOf(x: number): Readonly<Record<'divisor_high' | 'divisor_low' | 'divisor_exponent', number>> {
  const exponent = Math.floor(Math.log2(x)) - 51; // a bit to spare, should the logarithm be rounded down
  const whole = x / 2 ** exponent;
  return { divisor_high: Math.floor(whole / 2 ** 32), divisor_low: whole % 2 ** 32, divisor_exponent: exponent };
}

function sumOf(count: number): Operation<Divisor> {
  return {
    ...common, name: 'weightedSum', formula: 'Σ w x/W',
    arguments: inputsAlong('whole', count),
    result: () => ({ shape: [1], form: 'values' }),
    compose: (inputs, parameters) => apply(quotient, [apply(states[count]!, inputs.map((input) => apply(columns, [input], {})), {})], parameters),
    cpu: ({ parameters: { divisor } }) => ({ name: 'weightedSum', order: [0, count - 1], numbers: [count - 1, divisor], scratch: 256 }),
    reference: ([values, weights], { divisor }) => function* (_row, out) {
      out[0] = (yield* weightedTotal(values!, (row) => weights?.row(row)[0] ?? 1)) / divisor;
    },
  };
}

/** Σ w x in f64, over rows of one number. */
function* weightedTotal(values: Operand, weightOf: (row: number) => number): Generator<void, number> {
  const [total, turns] = [new CompensatedSum(), turnsPerStep(1)];
  for (let row = 0; row < values.rows; row++) {
    const weight = weightOf(row);
    if (weight !== 0) total.add(weight * values.row(row)[0]!);
    if (row % turns === 0) yield;
  }
  return total.value;
}

const states: Readonly<Record<number, Operation<object>>> = { 1: stateOf(1), 2: stateOf(2) };
const sums: Readonly<Record<number, Operation<Divisor>>> = { 1: sumOf(1), 2: sumOf(2) };

/**
 * Σ w x / divisor over the rows of x, which have one number each: exact, and rounded once, so that neither the order of the
 * rows nor the place changes a bit. Without weights all are 1. Rows of weight 0 do not count, be they infinite.
 */
export function weightedSum(values: Tensor, weights: Tensor | undefined, divisor: number): Tensor {
  return weights ? apply(sums[2]!, [values, weights], { divisor }) : apply(sums[1]!, [values], { divisor });
}
