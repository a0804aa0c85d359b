import source from '../../shaders/math/temper.wgsl?raw';
import { isLogits } from '../engine/forms.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, type Operand, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { doubleSinglePiece, splitDouble } from './double-single.ts';
import { maximumOf } from './logit-pair.ts';

interface Temperature {
  readonly temperature: number;
}

const lowest = -3.4028234663852886e38;

/** A power of two divides without a rounding. Other quotients are counted from the greatest logit, so that what counts most is rounded least. */
function isCentred(temperature: number): boolean {
  return temperature !== 2 ** Math.round(Math.log2(temperature));
}

/** In f32 as everywhere, since divergences of near rows are made of the differences that the rounding leaves. */
function writeTempered(row: ArrayLike<number>, temperature: number, out: Float64Array): void {
  const greatest = isCentred(temperature) ? maximumOf(row) : 0;
  for (let k = 0; k < out.length; k++) out[k] = row[k] === -Infinity ? -Infinity : Math.fround(Math.min(-lowest, Math.max(lowest, (row[k]! - greatest) / temperature)));
}

const operation: Operation<Temperature> = {
  name: 'tempered', formula: 'z/T, or (z − max z)/T', source: 'definition',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
  result: ([p]) => ({ shape: p!.shape, form: 'logits' }),
  tolerance: { ulps: () => 1, relativeTo: 'entry', reason: 'one rounding' },
  kernel: {
    pieces: [doubleSinglePiece, { name: 'math/temper.wgsl', source }],
    frame: defineFrame({
      inputs: { p: 'u32' }, output: ['tempered', 'u32'], calls: 'compute_item',
      uniforms: { inverse_high: 'f32', inverse_low: 'f32', centred: 'u32' },
    }),
    values({ parameters: { temperature } }) {
      const { high, low } = splitDouble(1 / temperature);
      return { inverse_high: high, inverse_low: low, centred: isCentred(temperature) ? 1 : 0 };
    },
    over: 'rows',
  },
  cpu: ({ parameters: { temperature } }) => ({ name: 'temperedRows', numbers: [temperature, isCentred(temperature) ? 1 : 0] }),
  reference: ([p], { temperature }) => (row, out) => writeTempered(p!.row(row), temperature, out),
};

/** Logits over a temperature; rows that are none stay what they are. */
export function tempered(p: Tensor, temperature: number): Tensor {
  return isLogits(p.form) ? apply(operation, [p], { temperature }) : p;
}

/** The same for the reference. */
export function temperedOperand(operand: Operand, temperature: number): Operand {
  if (!isLogits(operand.form)) return operand;
  return {
    ...operand, form: 'logits',
    row(index) {
      const out = new Float64Array(operand.width);
      writeTempered(operand.row(index), temperature, out);
      return out;
    },
  };
}
