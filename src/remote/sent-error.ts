import {
  BackendUnavailableError, CertificateError, DeviceError, DeviceLostError, DomainError, DuallyError, LimitExceededError, ShaderCompilationError, ShapeError, WorkerLostError, shown, type ErrorFacts,
} from '../engine/errors.ts';
import { isError, isOfPlatform } from '../engine/tags.ts';

/** An error as it is posted: a structured clone would lose its class. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly isDomException?: true;
  /** All that an error of Dually says. */
  readonly facts?: ErrorFacts & { readonly code: string };
  readonly cause?: { readonly error: SentError } | { readonly value: unknown };
}

/** What they are made from; not all of them have all of it. */
type Facts = ErrorFacts & Pick<DeviceError, 'kind'> & Pick<CertificateError, 'reproduction'>;
type ErrorClass = new (facts: Facts, options: ErrorOptions) => DuallyError;

/** By their codes, for a minifier may give them other names here and there. */
const classes: Readonly<Record<DuallyError['code'], ErrorClass>> = {
  shape: ShapeError, domain: DomainError, 'limit-exceeded': LimitExceededError, 'shader-compilation': ShaderCompilationError, 'backend-unavailable': BackendUnavailableError,
  'device-lost': DeviceLostError, device: DeviceError, 'worker-lost': WorkerLostError, certificate: CertificateError,
};
const builtIns: Readonly<Record<string, ErrorConstructor>> = { Error, RangeError, ReferenceError, SyntaxError, TypeError };

export function sendError(thrown: unknown): SentError {
  if (!isError(thrown)) return { name: 'Error', message: String(thrown), stack: undefined };
  const { name, message, stack, cause } = thrown;
  const { ...facts } = thrown as DuallyError;
  return {
    name, message, stack,
    ...(isOfPlatform(thrown) && { isDomException: true }),
    ...(thrown instanceof DuallyError && { facts: cloned(facts, undefined) as NonNullable<SentError['facts']> }),
    ...(cause !== undefined && { cause: isError(cause) ? { error: sendError(cause) } : { value: cloned(cause, shown(cause)) } }),
  };
}

/** Not everything can be posted. */
function cloned(value: unknown, otherwise: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return otherwise;
  }
}

/** The same error of the same class, with the stack of the worker. */
export function reviveError(sent: SentError): Error {
  const { facts, stack, cause } = sent;
  const options = cause && { cause: 'error' in cause ? reviveError(cause.error) : cause.value };
  const Class = facts && classes[facts.code];
  const error = Class ? Object.assign(new Class(facts as unknown as Facts, options ?? {}), facts) : plainError(sent, options);
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  return error;
}

function plainError({ name, message, isDomException }: SentError, options: ErrorOptions | undefined): Error {
  if (isDomException) return new DOMException(message, name);
  return Object.assign(new (builtIns[name] ?? Error)(message, options), name in builtIns ? {} : { name });
}
