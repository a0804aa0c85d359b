import { checkChoice } from '../engine/operation.ts';

/**
 * The chart in which a metric or vector is written: 'theta' natural (θ_i = log p_i/p_K), 'eta' expectation (η_i = p_i),
 * both of dimension outcomes − 1; 'logits' unnormalised, of dimension outcomes, where the metric has the kernel (1, …, 1).
 */
export type Coordinates = 'theta' | 'eta' | 'logits';

export interface CoordinateParameters {
  readonly coordinates: Coordinates;
}

/** Every chart, for tests and the bench. */
export const exampleCoordinates: readonly CoordinateParameters[] = [{ coordinates: 'logits' }, { coordinates: 'theta' }, { coordinates: 'eta' }];

export function checkCoordinates(operation: string, coordinates: unknown): void {
  checkChoice(operation, 'coordinates', coordinates, ['theta', 'eta', 'logits']);
}

export function dimensionOf(coordinates: Coordinates, outcomes: number): number {
  return coordinates === 'logits' ? outcomes : outcomes - 1;
}
