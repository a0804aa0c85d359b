export { mirrorDescent, type DescentParameters, type Objective } from './mirror-descent.ts';
export { mirrorDescentStep } from './mirror-descent-step.ts';
export { naturalGradientStep, type NaturalGradientParameters, type Path } from './natural-gradient-step.ts';
export type { StepParameters } from './step-size.ts';
