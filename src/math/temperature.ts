import { DomainError, shown } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { tempered, temperedOperand } from './temper.ts';

/** What logits are divided by, which an operation on logits takes beside its own parameters. */
export interface TemperatureParameters {
  /**
   * T > 0; 1 where it is left out. Logits and log-probabilities z stand for softmax(z/T). KL, its reverse and Jeffreys'
   * divergence keep their accuracy at every T, and so do all others at powers of two, by which they divide exactly. At another T
   * these round (z − max z)/T to f32 first: an outcome of probability e^−d is off by d half ulps, and rows whose logits differ
   * by less than 2⁻²⁴ of their depth drown in that.
   */
  readonly temperature?: number;
}

/** Throws unless a temperature is a positive number, within the reach of f32, and there is something to divide by it. */
export function checkTemperature(operation: string, { temperature }: TemperatureParameters, inputs: readonly Tensor[]): void {
  if (temperature === undefined) return;
  if (!(typeof temperature === 'number' && temperature >= 2 ** -64 && temperature <= 2 ** 64)) {
    throw new DomainError({ operation, argument: 'temperature', expected: 'a positive number, from 2⁻⁶⁴ to 2⁶⁴', got: shown(temperature), remedy: 'Pass { temperature: … }, or leave it out for 1.' });
  }
  if (inputs.some(({ form }) => isLogits(form))) return;
  throw new DomainError({
    operation, argument: 'temperature', expected: 'logits or log-probabilities, which it divides', got: `rows of ${inputs[0]!.form}`, remedy: "Wrap logits with form: 'logits', or leave it out.",
  });
}

/** An operation that takes logits, made to take a temperature. */
export function tempering<Parameters extends object>(operation: Operation<Parameters>): Operation<Parameters> {
  type Given = Parameters & TemperatureParameters;
  const isTempered = ({ temperature = 1 }: TemperatureParameters): boolean => temperature !== 1;
  const whole: Partial<Operation<Given>> = {
    options: [...operation.options ?? [], 'temperature'],
    check(parameters, inputs) {
      operation.check?.(parameters, inputs);
      checkTemperature(operation.name, parameters, inputs);
    },
    compose(inputs, parameters) {
      if (!isTempered(parameters)) return operation.compose?.(inputs, parameters);
      return apply(operation, inputs.map((input) => tempered(input, parameters.temperature!)), ownOf(parameters) as Parameters);
    },
    ...(operation.cpu && { cpu: (dispatch) => (isTempered(dispatch.parameters) ? undefined : operation.cpu!(dispatch)) }),
    reference(operands, parameters) {
      if (!isTempered(parameters)) return operation.reference(operands, parameters);
      return operation.reference(operands.map((operand) => temperedOperand(operand, parameters.temperature!)), ownOf(parameters) as Parameters);
    },
  };
  return { ...operation, ...whole };
}

function ownOf({ temperature: _temperature, ...own }: TemperatureParameters): object {
  return own;
}
