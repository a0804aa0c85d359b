import type { Composition } from '../engine/operation.ts';
import * as library from '../library.ts';
import { keyOf, type Identified } from './keys.ts';

/** A function of tensors, with the operation that it stands for. */
export interface OperationFunction {
  readonly operation: Identified;
}

/** Operations, and the functions that stand for them, by their keys. */
export class Directory {
  readonly #operations = new Map<string, Composition>();
  readonly #functions = new Map<string, OperationFunction>();
  readonly #own = new Set<string>();

  constructor() {
    for (const exported of Object.values<unknown>(library)) if (isOperationFunction(exported)) this.add(exported);
  }

  /** The keys of operations that callers have defined. */
  get own(): ReadonlySet<string> {
    return this.#own;
  }

  add(callee: OperationFunction): void {
    this.#functions.set(keyOf(callee.operation), callee);
    for (const record of (Object.values(callee) as unknown[]).filter(isOperation)) {
      this.#operations.set(keyOf(record), record);
      if (record.isOwn) this.#own.add(keyOf(record));
    }
  }

  operation(key: string): Composition {
    return found(this.#operations, key);
  }

  callee(key: string): OperationFunction {
    return found(this.#functions, key);
  }
}

export function isOperationFunction(value: unknown): value is OperationFunction {
  return typeof value === 'function' && 'operation' in value;
}

function isOperation(value: unknown): value is Composition {
  return typeof value === 'object' && value !== null && 'arguments' in value && 'result' in value;
}

function found<Value>(values: ReadonlyMap<string, Value>, key: string): Value {
  const value = values.get(key);
  if (value === undefined) throw new TypeError(`The worker has no operation ${key}: both sides must be of one version of dually`);
  return value;
}
