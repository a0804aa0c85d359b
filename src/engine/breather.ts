let port: MessagePort | undefined;
const waiting: (() => void)[] = [];

/**
 * Lets the event loop take a turn. Timers of nested calls would wait for 4 ms each, and what scheduler.yield() lets go on
 * comes before the messages of workers.
 */
export function turn(): Promise<void> {
  const { setImmediate: soon } = globalThis as { setImmediate?: (then: () => void) => void };
  if (soon) return new Promise((resolve) => soon(resolve));
  port ??= openChannel();
  return new Promise((resolve) => {
    waiting.push(resolve);
    port!.postMessage(undefined);
  });
}

function openChannel(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => waiting.shift()!());
  port1.start();
  return port2;
}

let last = 0;

/**
 * Gives the event loop a turn when the last one is long ago, so that a page stays alive during CPU work, be it one long run or
 * many short ones. A frame has 16 ms: so much work, a block of rows after it, and the page's own share.
 */
export function breather(milliseconds = 4): () => Promise<void> | undefined {
  return () => {
    if (performance.now() - last < milliseconds) return undefined;
    return turn().then(() => { last = performance.now(); });
  };
}
