interface Hearing {
  readonly listeners: Set<() => void>;
  readonly hear: () => void;
}

/** Who waits for a signal. Node warns of more than ten listeners on one, and many reads may share it: so it has one, which calls all. */
const hearings = new WeakMap<AbortSignal, Hearing>();

/** Has a function called when a signal is aborted; what is returned takes it back. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (!signal) return () => undefined;
  const { listeners, hear } = hearings.get(signal) ?? listen(signal);
  listeners.add(listener);
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    hearings.delete(signal);
    signal.removeEventListener('abort', hear);
  };
}

function listen(signal: AbortSignal): Hearing {
  const listeners = new Set<() => void>();
  const hear = (): void => { for (const each of listeners) each(); };
  const hearing = { listeners, hear };
  hearings.set(signal, hearing);
  signal.addEventListener('abort', hear, { once: true });
  return hearing;
}

/** Waits for something no longer than until the signal is aborted. */
export async function unlessAborted<T>(wait: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return wait;
  wait.catch(() => undefined); // when nobody waits for it any more
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, () => reject(signal.reason));
    wait.then(resolve, reject).finally(stop).catch(() => undefined);
  });
}
