let port: MessagePort | undefined;
const waiting: (() => void)[] = [];

/**
 * Lets the event loop run once. Timers of nested calls would wait for 4 ms each, and what scheduler.yield() lets go on
 * comes before the messages of workers.
 */
export function yieldToEventLoop(): Promise<void> {
  const { setImmediate: soon } = globalThis as { setImmediate?: (then: () => void) => void };
  if (soon) return new Promise((resolve) => soon(() => resolve()));
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
 * Milliseconds of work after which the event loop is due. A frame has 16: so much work, a block of rows after it, and
 * the page's own share.
 */
const longestWork = 4;

/**
 * Yields to the event loop when it last ran long ago, so that a page stays alive during CPU work, be it one long run or
 * many
 * short ones.
 */
export function yieldWhenDue(): Promise<void> | undefined {
  if (performance.now() - last < longestWork) return undefined;
  return yieldToEventLoop().then(() => {
    last = performance.now();
  });
}
