import { callCaller, reportCallerError } from './caller-error.ts';

/** What an engine tells of: by name, what comes with it. */
export interface EngineEvents {
  /** The GPU device was lost. Work goes on, on another device or on the CPU. */
  readonly devicelost: { readonly reason: string; readonly adapter: string };
  /** There is a new device, after so many attempts to get one. */
  readonly recovered: { readonly adapter: string; readonly attempts: number };
  /** The CPU does what the GPU was to do: one run, if an operation is named, or all that come now. */
  readonly fallback: { readonly reason: string; readonly operation?: string };
}

export type EventName = keyof EngineEvents;
export type Listener<Name extends EventName> = (event: EngineEvents[Name]) => void;

export const eventNames: readonly EventName[] = ['devicelost', 'recovered', 'fallback'];

export class Events {
  readonly #listeners = new Map<EventName, Set<Listener<never>>>();

  /** Returns what ends the listening. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** An error of a listener is its owner's, and does not disturb the work. */
  emit<Name extends EventName>(name: Name, event: EngineEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      callCaller(listener as Listener<Name>, [event], (error) => reportCallerError(`A listener of engine.on('${name}')`, error));
    }
  }
}
