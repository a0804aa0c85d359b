import { DuallyError } from './errors.ts';
import { lineageOf } from './lineage.ts';
import type { Origin, Tensor } from './tensor.ts';

/** An error as the caller has to hear it: of the operation that he called, not of a step in it. */
export function asCalled(error: unknown, tensor: Tensor, verb: string): unknown {
  if (!(error instanceof DuallyError) || error.operation.includes('.') || error.operation === 'openEngine') return error;
  for (const { origin } of lineageOf(tensor)) if (origin.kind === 'result' && namesOf(origin).includes(error.operation)) return error;
  return error.inOperation(tensor.origin.kind === 'result' ? tensor.origin.operation.name : verb);
}

/** What a caller has called or passed. */
function namesOf({ operation, parameters }: Extract<Origin, { kind: 'result' }>): readonly string[] {
  const functions = Object.values(parameters as object).filter((value) => typeof value === 'function') as { readonly operation?: { readonly name: string } }[];
  return [operation.name, ...functions.flatMap((each) => each.operation?.name ?? [])];
}
