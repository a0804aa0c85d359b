import source from '../../shaders/divergences/snippet-functions.wgsl?raw';
import { DomainError, shown } from '../engine/errors.ts';
import type { Piece } from '../engine/kernel.ts';
import type { Tolerance } from '../engine/operation.ts';
import { taken } from '../engine/parameters.ts';

export const snippetFunctionsPiece: Piece = { name: 'divergences/snippet-functions.wgsl', source };

/** What a snippet may call: our own functions, and built-ins that are exact or next to it. */
export const snippetFunctions: readonly string[] = [
  'exp', 'expm1', 'log', 'log1p', 'pow', 'sqrt', 'abs', 'min', 'max', 'clamp', 'fma', 'floor', 'ceil', 'round', 'trunc', 'sign', 'select',
];

/** What all definitions of a caller's own divergence have. */
export interface OwnDivergence {
  /** The name that errors and reports give it. */
  readonly name: string;
  readonly formula?: string;
  readonly source?: string;
  /** How far the GPU may be from the twin, in units of 2⁻²³; 16 where it is left out. */
  readonly ulps?: number;
}

/** 16 ulp: a few for each of some functions of 2 ulp; a snippet that cancels, or raises to high powers, needs more. */
export function ownTolerance({ ulps = 16 }: OwnDivergence): Tolerance<object> {
  return { ulps: () => ulps, relativeTo: 'entry', reason: 'what its definition promises' };
}

/** The definition as it is now, with the names that every definition has and its own; throws where it says what it cannot. */
export function takenDefinition<Definition extends OwnDivergence>(operation: string, given: Definition, names: readonly string[]): Definition {
  const definition = taken(operation, 'definition', given, ['name', 'wgsl', 'formula', 'source', 'ulps', ...names]);
  checkDefinition(operation, definition);
  return definition;
}

function checkDefinition(operation: string, { name, ulps = 16 }: OwnDivergence): void {
  if (typeof name !== 'string' || !/^[A-Za-z]\w*$/.test(name)) throw refuse(operation, 'name', 'letters and digits', name, 'Name the divergence as a function is named.');
  if (!(typeof ulps === 'number' && ulps > 0 && ulps < Infinity)) throw refuse(operation, 'ulps', 'a positive number', ulps, 'Leave it out for 16.');
}

export function refuse(operation: string, argument: string, expected: string, got: unknown, remedy: string): DomainError {
  return new DomainError({ operation, argument, expected, got: shown(got), remedy });
}
