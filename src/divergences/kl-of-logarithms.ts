import source from '../../shaders/divergences/kl-of-logarithms.wgsl?raw';
import logitPairSource from '../../shaders/divergences/logit-pair.wgsl?raw';
import { isLogits, type Form } from '../engine/forms.ts';
import { defineFrame } from '../engine/frame.ts';
import { apply, batchSize, type Operation } from '../engine/operation.ts';
import { doubleSinglePiece, splitDouble } from '../math/double-single.ts';
import { klOfLogarithms } from '../math/kl-of-logarithms.ts';
import { logDoublePiece } from '../math/log-double.ts';
import { pairPiece } from '../math/pair.ts';
import { commonPieces } from '../math/pieces.ts';
import { klTerm } from './kl-term.ts';
import { checkTemperature, type TemperatureParameters } from '../math/temperature.ts';

interface Direction extends TemperatureParameters {
  /** Whether it is KL(q‖p). */
  readonly exchanged: boolean;
}

const orderOf = ({ exchanged }: Direction): readonly [number, number] => (exchanged ? [1, 0] : [0, 1]);

/** KL of rows of unlike forms, and of logits over a temperature. */
const exact: Operation<Direction> = {
  name: 'klOfLogarithms', formula: 'KL(p‖q) = Σ p log(p/q)', source: 'Kullback & Leibler 1951',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }, { name: 'q', takes: 'distributions', axis: 'rows' }],
  result: (inputs) => ({ shape: [batchSize(exact, inputs)], form: 'values' }),
  tolerance: { ulps: () => 4, relativeTo: 'entry', reason: 'logarithms of 47 bits, and terms of one sign in compensated sums' },
  kernel: {
    order: ({ parameters }) => orderOf(parameters),
    pieces: [
      ...commonPieces, doubleSinglePiece, pairPiece, { name: 'divergences/logit-pair.wgsl', source: logitPairSource }, ...klTerm, logDoublePiece,
      { name: 'divergences/kl-of-logarithms.wgsl', source },
    ],
    frame: defineFrame({
      inputs: { p: 'u32', q: 'u32' }, output: ['divergences', 'u32'], calls: 'compute_item',
      uniforms: { p_logits: 'u32', q_logits: 'u32', inverse_high: 'f32', inverse_low: 'f32' },
    }),
    values({ inputs, parameters }) {
      const [p, q] = orderOf(parameters).map((input) => inputs[input]!);
      const { high, low } = splitDouble(1 / (parameters.temperature ?? 1));
      return { p_logits: isLogits(p!.form) ? 1 : 0, q_logits: isLogits(q!.form) ? 1 : 0, inverse_high: high, inverse_low: low };
    },
    over: 'rows',
    iterations: ({ inputs }) => 4 * inputs[0]!.width,
  },
  reference(operands, parameters) {
    const [p, q] = orderOf(parameters).map((input) => operands[input]!);
    const { temperature = 1 } = parameters;
    return (row, out) => {
      const [first, second] = [p!, q!].map((of) => ({ row: of.row(row), logarithmic: isLogits(of.form), temperature }));
      out[0] = klOfLogarithms(first!, second!);
    };
  },
};

/** KL, which also takes rows of unlike forms, and logits over a temperature. */
export function withLogarithms<Parameters extends object>(operation: Operation<Parameters>, exchanged: boolean): Operation<Parameters> {
  type Given = Parameters & TemperatureParameters;
  const isExact = (inputs: readonly { readonly form: Form }[], { temperature = 1 }: TemperatureParameters): boolean => temperature !== 1 || isLogits(inputs[0]!.form) !== isLogits(inputs[1]!.form);
  const whole: Partial<Operation<Given>> = {
    options: ['temperature'],
    check(parameters, inputs) {
      operation.check?.(parameters, inputs);
      checkTemperature(operation.name, parameters, inputs);
    },
    compose: (inputs, parameters) => (isExact(inputs, parameters) ? apply(exact, inputs, { exchanged, ...parameters }) : operation.compose?.(inputs, parameters)),
    ...(operation.cpu && { cpu: (dispatch) => (isExact(dispatch.inputs, dispatch.parameters) ? undefined : operation.cpu!(dispatch)) }),
    reference: (operands, parameters) => (isExact(operands, parameters) ? exact.reference(operands, { exchanged, ...parameters }) : operation.reference(operands, parameters)),
  };
  return { ...operation, ...whole };
}
