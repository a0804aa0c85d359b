/** What goes between an engine on one thread and the worker that does its work. */

import type { EventName } from '../engine/events.ts';
import type { Form } from '../engine/forms.ts';
import type { EngineInfo, MemoryUse, ReadResult } from '../engine/runner.ts';
import type { Storage, StoredNumbers } from '../engine/storage.ts';
import type { EngineOptions } from '../open.ts';
import type { SentError } from './sent-error.ts';

/** What of the options of an engine can be posted. */
export type PostedOptions = Omit<EngineOptions, 'device' | 'onDeviceLost' | 'worker'>;

interface NewTensor {
  /** What it is called from now on. */
  readonly id: number;
  readonly shape: readonly number[];
  readonly form: Form;
}

export interface SentSource extends NewTensor {
  readonly kind: 'source';
  readonly data: StoredNumbers;
  readonly storage: Storage;
}

export interface SentResult extends NewTensor {
  readonly kind: 'result';
  /** Its key, as those of the parameters that are functions of the library. */
  readonly operation: string;
  readonly inputs: readonly number[];
  readonly parameters: object;
  readonly functions: Readonly<Record<string, string>>;
}

/** A tensor that the worker does not know yet. */
export type SentTensor = SentSource | SentResult;

/** What a call asks for. */
export type Question =
  | { readonly kind: 'open'; readonly options: PostedOptions }
  | { readonly kind: 'read'; readonly id: number; readonly tensors: readonly SentTensor[]; readonly wantsProgress: boolean }
  | { readonly kind: 'memory' }
  | { readonly kind: 'close' };

/** What the answer to a call holds. */
export interface Answers {
  /** The engine is there, and the operations of callers that it knows. */
  readonly open: { readonly info: EngineInfo; readonly own: ReadonlySet<string> };
  readonly read: ReadResult;
  readonly memory: MemoryUse;
  /** The engine is disposed of, and the worker may be ended. */
  readonly close: undefined;
}

export type Order =
  | (Question & { readonly call: number })
  | { readonly kind: 'abort'; readonly call: number }
  | { readonly kind: 'take'; readonly tensors: readonly SentTensor[] }
  | { readonly kind: 'release'; readonly id: number };

export type Answer =
  /** Comes first, with the name of the lock that the worker holds as long as it lives. */
  | { readonly kind: 'ready'; readonly lock: string | undefined }
  | { readonly kind: 'done'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly call: number; readonly error: SentError }
  | { readonly kind: 'progress'; readonly call: number; readonly done: number; readonly total: number }
  | { readonly kind: 'event'; readonly name: EventName; readonly event: object };
