/** Who waits for a queue, whether a timer runs for them, and the milliseconds of its next turn. */
interface Waiting {
  count: number;
  isPolling: boolean;
  pause: number;
}

/** Milliseconds of the first pause and of the longest: Firefox looks after these by itself. */
const [shortest, longest] = [1, 100];
/** A device that is busy for long is asked less and less often: it answers each submission, and would come to do nothing else. */
const growth = 1.25;

const waits = new WeakMap<GPUQueue, Waiting>();

/**
 * Waits for what a queue has to finish. Firefox looks for finished work every 100 ms and at every submission, so that a
 * result of 1 ms would be read after 100: there, empty submissions make it look.
 */
export async function polled<T>(queue: GPUQueue, work: Promise<T>): Promise<T> {
  if (!isFirefox()) return work;
  const waiting = waits.get(queue) ?? { count: 0, isPolling: false, pause: shortest };
  waits.set(queue, waiting);
  waiting.count++;
  waiting.pause = shortest;
  if (!waiting.isPolling) poll(queue, waiting);
  try {
    return await work;
  } finally {
    waiting.count--;
  }
}

/** Node 20 has no navigator, nor has every worker one with a name. */
function isFirefox(): boolean {
  const { navigator: here } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  return /\bFirefox\//.test(here?.userAgent ?? '');
}

function poll(queue: GPUQueue, waiting: Waiting): void {
  waiting.isPolling = true;
  setTimeout(() => {
    waiting.isPolling = false;
    if (waiting.count === 0) return;
    try {
      queue.submit([]);
    } catch {
      return; // who waits is told
    }
    poll(queue, waiting);
  }, waiting.pause);
  waiting.pause = Math.min(growth * waiting.pause, longest);
}
