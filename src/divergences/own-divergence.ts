import { DomainError, shown } from '../engine/errors.ts';
import type { CpuCall, Dispatch, Piece } from '../engine/kernel.ts';
import type { Tolerance } from '../engine/operation.ts';
import { taken } from '../engine/parameters.ts';
import { callOf, fieldsOf, trace, traceTerm, writeFunction, type Program, type Value } from '../program/index.ts';
import { rowSumPieces } from './row-divergence.ts';

/** What all definitions of a caller's own divergence have. */
export interface OwnDivergence {
  /** The name that errors and reports give it. */
  readonly name: string;
  readonly formula?: string;
  readonly source?: string;
  /** How far a result may be from that of the term in f64, in units of 2⁻²³; 16 where it is left out. */
  readonly ulps?: number;
}

/** What an infinite cost is on the CPU: for the least share of a row still beyond f32, and for a whole row within f64. */
export const infinite = 1e250;

/** 16 ulp: a few for each of some functions of 2 ulp; a term that cancels needs more. */
export function ownTolerance({ ulps = 16 }: OwnDivergence): Tolerance<object> {
  return { ulps: () => ulps, relativeTo: 'entry', reason: 'what its definition promises' };
}

/** The definition as it is now, with the names that every definition has and its own; throws where it says what it cannot. */
export function takenDefinition<Definition extends OwnDivergence>(operation: string, given: Definition, names: readonly string[]): Definition {
  const definition = taken(operation, 'definition', given, ['name', 'term', 'formula', 'source', 'ulps', ...names]);
  const { name, ulps = 16 } = definition;
  if (typeof name !== 'string' || !/^[A-Za-z]\w*$/.test(name)) throw refuse(operation, 'name', 'letters and digits', name, 'Name the divergence as a function is named.');
  if (!(typeof ulps === 'number' && ulps > 0 && ulps < Infinity)) throw refuse(operation, 'ulps', 'a positive number', ulps, 'Leave it out for 16.');
  return definition;
}

export function refuse(operation: string, argument: string, expected: string, got: unknown, remedy: string): DomainError {
  return new DomainError({ operation, argument, expected, got: shown(got), remedy });
}

/** The term of a definition, traced. */
export function ownTerm<Name extends string>(
  operation: string, name: string, names: readonly Name[], term: (given: Readonly<Record<Name, Value>>) => Value,
): Program {
  if (typeof term !== 'function') throw refuse(operation, 'term', 'a function', term, 'Give the term as a function of values.');
  return traceTerm(name, names, term);
}

/** The kernel of rows with the term of a frame, which calls `generator`; written when it is first asked for. */
export function ownPieces(term: Program, ...frame: readonly Piece[]): () => readonly Piece[] {
  let pieces: readonly Piece[] | undefined;
  return () => pieces ??= [...new Set([...rowSumPieces, ...frame, ...writeFunction(term, 'generator')])];
}

/** The CPU's way: a program of the rows of p and q that gives their divergence. */
export function ownCall(name: string, formula: string, program: (p: Value, q: Value) => Value): (dispatch: Dispatch<object>) => CpuCall {
  const inputs = ['p', 'q'].map((input) => ({ name: input, per: 'entry', type: 'single', isWeights: true, isOverSteps: false } as const));
  const finite = (d: Value): Value => d.isLess(infinite).select(d.atLeast(0), infinite); // what is not a number is infinite
  const whole = trace({ name, formula, inputs, numbers: [], isStep: false, program: ({ p, q }) => finite(program(p!, q!)) });
  return ({ inputs: [p] }) => callOf({ program: whole, outcomes: p!.width, fields: fieldsOf(whole, p!.width), numbers: {} });
}
