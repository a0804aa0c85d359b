import { callCaller, reportCallerError } from './caller-error.ts';
import { onAbort } from './signals.ts';
import type { ReadOptions } from './tensor.ts';

/** The caller's signal and function as a run has them: what the function throws ends the run, and is what the read rejects with. */
export function watched({ signal, onProgress }: ReadOptions): { readonly hooks: ReadOptions; readonly stop: () => void } {
  if (!signal && !onProgress) return { hooks: {}, stop: () => undefined };
  const ending = new AbortController();
  let isOver = false;
  const fail = (error: unknown): void => (isOver ? reportCallerError('onProgress', error) : ending.abort(error));
  const tell = (done: number, total: number): void => {
    if (!ending.signal.aborted) callCaller(onProgress!, [done, total], fail);
  };
  const forget = onAbort(signal, () => ending.abort(signal!.reason));
  if (signal?.aborted) ending.abort(signal.reason);
  const stop = (): void => {
    isOver = true;
    forget();
  };
  return { hooks: { signal: ending.signal, ...(onProgress && { onProgress: tell }) }, stop };
}
