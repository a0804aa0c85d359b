import { expect, it } from 'vitest';
import { Latest } from '../../app/latest.ts';

it('runs the first and the newest request, and none of those between', async () => {
  const ran: number[] = [];
  const latest = new Latest<number>(
    async (request) => void ran.push(request),
    (error) => expect.unreachable(String(error)),
  );
  for (const request of [1, 2, 3, 4]) latest.ask(request);
  await expect.poll(() => ran).toEqual([1, 4]);
});

it('aborts a run that a newer request has made stale, and does not call that a failure', async () => {
  const ended: string[] = [];
  const failures: unknown[] = [];
  const latest = new Latest<string>(
    async (request, signal) => {
      if (request === 'endless')
        await new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('aborted'))));
      ended.push(request);
    },
    (error) => failures.push(error),
  );
  latest.ask('endless');
  latest.ask('newer');
  await expect.poll(() => ended).toEqual(['newer']);
  expect(failures).toEqual([]);
});

it('tells of a run that failed, and runs on', async () => {
  const outcomes: string[] = [];
  const latest = new Latest<string>(
    async (request) => {
      if (request === 'bad') throw new Error('no');
      outcomes.push(request);
    },
    (error) => outcomes.push((error as Error).message),
  );
  latest.ask('bad');
  latest.ask('good');
  await expect.poll(() => outcomes).toEqual(['no', 'good']);
});
