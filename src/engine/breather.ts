type Scheduler = { readonly yield?: () => Promise<void> };

/** Lets the event loop take a turn: timers of nested calls would wait for 4 ms each. */
export function turn(): Promise<void> {
  const { scheduler, setImmediate: soon } = globalThis as { scheduler?: Scheduler; setImmediate?: (then: () => void) => void };
  if (soon) return new Promise((resolve) => soon(resolve));
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}

/** Gives the event loop a turn when the last one is long ago, so that a page stays alive during CPU work. */
export function breather(milliseconds = 12): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < milliseconds) return undefined;
    return turn().then(() => { last = performance.now(); });
  };
}
