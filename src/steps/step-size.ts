import { DomainError, shown } from '../engine/errors.ts';
import { checkFinite } from '../engine/operation.ts';

export interface StepParameters {
  readonly stepSize: number;
}

/** Throws unless a step size is a number of f32, which kernels have. */
export function checkStepSize(operation: string, stepSize: unknown, argument = 'stepSize'): void {
  checkFinite(operation, argument, stepSize);
  if (Number.isFinite(Math.fround(stepSize as number))) return;
  throw new DomainError({
    operation, argument, expected: 'a number between −3.4e38 and 3.4e38', got: shown(stepSize),
    remedy: 'Take a smaller step: what is beyond puts all mass where the gradient is least.',
  });
}
