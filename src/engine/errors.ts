import type { Reproduction } from './reproduction.ts';

/** What every error of Dually says: which call, which argument, what it wanted, what it got, and what to do. */
export interface ErrorFacts {
  /** The operation or method that was called, as the caller spells it. */
  readonly operation: string;
  readonly argument?: string;
  readonly expected: string;
  readonly got: string;
  /** Index of the first row at fault, when a single row is. */
  readonly row?: number;
  /** Index of the chunk of a stream in which that row is counted. */
  readonly chunk?: number;
  readonly remedy: string;
}

function sentence({ operation, argument, expected, got, row, chunk, remedy }: ErrorFacts): string {
  const where = Object.entries({ argument, row, chunk }).flatMap(([name, value]) => (value === undefined ? [] : `${name} ${value}`)).join(', ');
  return `${operation}:${where === '' ? '' : ` ${where}:`} expected ${expected}, got ${got}. ${remedy}`;
}

/** The base of all errors that Dually throws, save the platform's own AbortError. */
export abstract class DuallyError extends Error implements ErrorFacts {
  abstract readonly code: string;
  readonly operation: string;
  readonly argument?: string;
  readonly expected: string;
  readonly got: string;
  readonly row?: number;
  chunk?: number;
  readonly remedy: string;

  constructor(facts: ErrorFacts, options?: ErrorOptions) {
    super(sentence(facts), options);
    this.operation = facts.operation;
    if (facts.argument !== undefined) this.argument = facts.argument;
    this.expected = facts.expected;
    this.got = facts.got;
    if (facts.row !== undefined) this.row = facts.row;
    this.remedy = facts.remedy;
  }

  /** That of its class as it stands here, whatever a minifier calls it: 'limit-exceeded' is LimitExceededError's code. */
  override get name(): string {
    return `${this.code.replace(/^.|-./g, (start) => start.at(-1)!.toUpperCase())}Error`;
  }

  /** Says of which call of the caller's it speaks, who knows nothing of the steps in it. @internal */
  inOperation(operation: string): this {
    const facts = Object.assign(this, { operation });
    this.message = sentence(facts);
    return this;
  }

  /** Says of which chunk of a stream it speaks. @internal */
  inChunk(chunk: number): this {
    this.chunk = chunk;
    this.message = sentence(this);
    return this;
  }
}

/** Counts, lengths or sizes do not fit together. */
export class ShapeError extends DuallyError {
  readonly code = 'shape';
}

/** A value lies outside the domain of the operation: NaN, a negative probability, a non-finite α, a disposed tensor. */
export class DomainError extends DuallyError {
  readonly code = 'domain';
}

/** One row, or one result that has to be whole, is larger than the device allows. */
export class LimitExceededError extends DuallyError {
  readonly code = 'limit-exceeded';
}

/** WGSL did not compile. `got` holds the compiler's messages with file and line. */
export class ShaderCompilationError extends DuallyError {
  readonly code = 'shader-compilation';
}

/** WebGPU was asked for by name and cannot be had here. */
export class BackendUnavailableError extends DuallyError {
  readonly code = 'backend-unavailable';
}

/** The GPU device was lost, and what it held cannot be made again. */
export class DeviceLostError extends DuallyError {
  readonly code = 'device-lost';
}

/** The worker that an engine lives in could not be started, or ended before its engine was disposed of. */
export class WorkerLostError extends DuallyError {
  readonly code = 'worker-lost';
}

export type DeviceErrorKind = 'validation' | 'out-of-memory' | 'internal';

/** WebGPU refused or failed a command, in the browser's own words. */
export class DeviceError extends DuallyError {
  readonly code = 'device';
  /** What kind of error it was. Commands that are not valid are a mistake of somebody; the other kinds are the device's, and the CPU helps out. */
  readonly kind: DeviceErrorKind;

  constructor(facts: ErrorFacts & { readonly kind: DeviceErrorKind }, options?: ErrorOptions) {
    super(facts, options);
    this.kind = facts.kind;
  }
}

/** A result differs from the f64 reference by more than the operation's tolerance. `cause` holds the run report. */
export class CertificateError extends DuallyError {
  readonly code = 'certificate';
  /** The worst row and all that it is made from, as plain data that JSON can carry. */
  readonly reproduction: Reproduction;

  constructor(facts: ErrorFacts & { readonly reproduction: Reproduction }, options: ErrorOptions) {
    super(facts, options);
    this.reproduction = facts.reproduction;
  }
}

/** Shows a value in an error text: short, and telling −0, NaN and strings apart. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    return `a value of type ${typeof value === 'object' ? classOf(value) : typeof value}`;
  } catch { // of a proxy, or of a getter
    return 'a value that throws when it is looked at';
  }
}

function classOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'object';
}
