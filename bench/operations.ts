import type { Operation } from '../src/engine/operation.ts';

/** The first of the parameters that the operation gives as examples. */
export function parametersOf({ examples }: Operation): object {
  return examples?.[0] ?? {};
}

/** How often the algorithm goes through its inputs and its result. */
export function passesOf(operation: Operation): number {
  const parameters = parametersOf(operation);
  return 'steps' in parameters ? Number(parameters.steps) : 1;
}

/** All pairs of two batches, instead of one row with the same row of the other. */
export function isOfPairs(operation: Operation): boolean {
  return operation.arguments.some(({ axis }) => axis === 'columns');
}

/** Rows of the result are no rows of a batch, but sums over them. */
export function isOfBatch(operation: Operation): boolean {
  return operation.arguments.some(({ axis }) => axis === 'batch');
}

/** The α-family's term, counted in shaders/divergences/alpha-term.wgsl: a ratio, its logarithm, a polynomial, a sum. */
const TERM = 30;

/** Arithmetic operations an outcome of a row or of a pair, where they were counted; each takes the slot of one FMA. */
const arithmetic: Readonly<Record<string, number>> = {
  alphaDivergence: TERM,
  hellingerDistance: TERM,
  bhattacharyyaDivergence: TERM,
  extendedAlphaDivergence: TERM,
  klDivergence: TERM,
  renyiDivergence: TERM,
  reverseKlDivergence: TERM,
  tsallisDivergence: TERM,
  // Matrix products; what is not one is of lower order.
  alphaDivergenceMatrix: 1,
  divergenceMatrix: 1,
  nearest: 1,
  product: 1,
};

export function arithmeticOf({ name }: Operation): number | undefined {
  return arithmetic[name];
}
