/**
 * No event tells that a worker of the web was terminated, closed itself or was killed. But then its locks are free: it holds
 * one as long as it lives, and the thread that made it waits for that. In Node an event does tell.
 */

const locks = (): LockManager | undefined => (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;

/** Takes a lock for ever. Undefined where there are none. */
export function holdLock(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const manager = locks();
    if (!manager) return resolve(undefined);
    const name = `dually ${crypto.randomUUID()}`;
    const held = manager.request(name, () => {
      resolve(name);
      return new Promise(() => {});
    });
    held.catch(() => resolve(undefined)); // not every page may have locks
  });
}

export function whenFree(name: string, then: () => void): void {
  locks()?.request(name, then).catch(() => {});
}
