import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { polled } from '../../src/engine/webgpu/polling.ts';

/** A queue whose work is found done at the third submission. */
function lazyQueue(): { queue: GPUQueue; submissions: () => number; work: Promise<string> } {
  let submissions = 0;
  let finish: (value: string) => void;
  const work = new Promise<string>((resolve) => { finish = resolve; });
  const submit = (): undefined => {
    submissions++;
    if (submissions === 3) finish('done');
  };
  return { queue: { submit } as unknown as GPUQueue, submissions: () => submissions, work };
}

const runIn = (userAgent: string): void => void vi.stubGlobal('navigator', { userAgent });

beforeEach(() => {
  vi.useFakeTimers();
  runIn('Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('Firefox is made to look for what is done, by one timer for all who wait, until nobody waits', async () => {
  const { queue, submissions, work } = lazyQueue();
  const all = Promise.all([polled(queue, work), polled(queue, work)]);
  await vi.advanceTimersByTimeAsync(2);
  expect(submissions()).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(await all).toEqual(['done', 'done']);
  await vi.advanceTimersByTimeAsync(100);
  expect(submissions()).toBe(3);
  expect(vi.getTimerCount()).toBe(0);
});

test('who waits again is served again, and a failure is passed on', async () => {
  const { queue, submissions, work } = lazyQueue();
  await expect(polled(queue, Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  const again = polled(queue, work);
  await vi.advanceTimersByTimeAsync(100);
  expect(await again).toBe('done');
  expect(submissions()).toBe(3);
});

test('a device that is busy for long is asked less and less often', async () => {
  const submit = vi.fn();
  void polled({ submit } as unknown as GPUQueue, new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(1000);
  expect(submit.mock.calls.length).toBeLessThan(40);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(submit.mock.calls.length).toBeLessThan(150);
});

test('a queue that takes nothing any more is left alone', async () => {
  const submit = vi.fn(() => { throw new Error('gone'); });
  void polled({ submit } as unknown as GPUQueue, new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(100);
  expect(submit).toHaveBeenCalledOnce();
});

test('other platforms look by themselves', async () => {
  runIn('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36');
  const { queue, submissions, work } = lazyQueue();
  void polled(queue, work);
  await vi.advanceTimersByTimeAsync(100);
  expect(submissions()).toBe(0);
});
