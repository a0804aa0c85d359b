import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import { apply, batchSize, checkFinite, type Argument, type Composition } from '../engine/operation.ts';
import { taken } from '../engine/parameters.ts';
import { Tensor } from '../engine/tensor.ts';
import { defineRows, type RowArgument, type RowDefinition, type RowOperation } from '../program/index.ts';

export interface StepParameters {
  /** A number, or a tensor with one for each row, [batchSize, 1], of form 'values'. */
  readonly stepSize: number | Tensor;
}

/** An operation with one step size for all rows, and with one more argument, that of each row. */
export interface Stepping<Operation> {
  readonly operation: Operation;
  readonly byRow: Operation;
}

/** Throws unless a step size is a number of f32, which kernels have, or a tensor with one for each row. */
export function checkStepSize(operation: string, stepSize: unknown, argument = 'stepSize'): void {
  if (Tensor.isTensor(stepSize)) return checkWidth(operation, argument, stepSize);
  checkFinite(operation, argument, stepSize);
  if (Number.isFinite(Math.fround(stepSize as number))) return;
  throw new DomainError({
    operation, argument, expected: 'a number between −3.4e38 and 3.4e38', got: shown(stepSize),
    remedy: 'Take a smaller step: what is beyond puts all mass where the gradient is least.',
  });
}

function checkWidth(operation: string, argument: string, { width }: Tensor): void {
  if (width === 1) return;
  throw new ShapeError({
    operation, argument, expected: 'one number a row', got: `${width}`,
    remedy: 'Wrap them with engine.values(data, { outcomes: 1 }).',
  });
}

const stepSizes: RowArgument & Argument = { name: 'stepSize', takes: 'values', per: 'row', axis: 'rows' };

type Checked<Parameters> = Pick<Composition<Parameters>, 'parameters' | 'check'>;

/** What a record says of the step size as a parameter, said of the last argument. */
function ofArgument<Parameters>({ parameters, check }: Checked<Parameters>): Checked<Parameters> {
  return {
    ...(parameters && { parameters: parameters.filter((name) => name !== 'stepSize') }),
    ...(check && { check: (own, inputs) => check({ ...own, stepSize: inputs.at(-1)! }, inputs) }),
  };
}

/** Makes a row program, and the same with the step size as an argument. */
export function defineStep<Parameters extends StepParameters>(
  definition: RowDefinition<Parameters>,
): Stepping<RowOperation<Parameters>> {
  const { cpu: _cpu, examples: _examples, program, ...rest } = definition;
  const byRow = defineRows<Parameters>({
    ...rest, ...ofArgument(definition), arguments: [...rest.arguments, stepSizes],
    program: (values, numbers, parameters) => program(values, { ...numbers, stepSize: values['stepSize']! }, parameters),
  });
  return { operation: defineRows(definition), byRow };
}

/** Makes the same of a composition. */
export function composeStep<Parameters extends StepParameters>(
  operation: Composition<Parameters>,
): Stepping<Composition<Parameters>> {
  const { cpu: _cpu, examples: _examples, compose, tolerance: { compare, ...tolerance }, ...rest } = operation;
  const byRow: Composition<Parameters> = {
    ...rest, ...ofArgument(operation), arguments: [...rest.arguments, stepSizes],
    result: (inputs) => ({ shape: [batchSize(byRow, inputs), inputs[0]!.width], form: 'probabilities' }),
    tolerance: {
      ...tolerance,
      ...(compare && { compare: (operands, parameters) => compare(operands.slice(0, -1), parameters) }),
    },
    compose: (inputs, parameters) => compose?.(inputs.slice(0, -1), { ...parameters, stepSize: inputs.at(-1)! }),
  };
  return { operation, byRow };
}

/** The step, of one size or of one for each row. */
export function takeStep<Parameters extends StepParameters>(
  { operation, byRow }: Stepping<Composition<Parameters>>, inputs: readonly Tensor[], parameters: Parameters,
): Tensor {
  const { stepSize, ...others } = parameters;
  if (Tensor.isTensor(stepSize)) return apply(byRow, [...inputs, stepSize], others as Parameters);
  return apply(operation, inputs, parameters);
}

/** The same of what a caller gives; what is no parameters is left to the operation to refuse. */
export function takeGivenStep<Parameters extends StepParameters>(
  steps: Stepping<Composition<Parameters>>, inputs: readonly Tensor[], given: Parameters,
): Tensor {
  const { name, parameters = [] } = steps.operation;
  if (Tensor.isTensor(given)) return apply(steps.operation, inputs, given);
  return takeStep(steps, inputs, taken(name, 'parameters', given, parameters));
}
