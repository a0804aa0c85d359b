import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { progressLine } from '../../host/progress.ts';

function recorder(isTTY: boolean): { written: string[]; stream: Parameters<typeof progressLine>[0] } {
  const written: string[] = [];
  const write = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
  return { written, stream: { isTTY, columns: 20, write } };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('writes over one line on a terminal, cut to its width, and clears it at the end', () => {
  const { written, stream } = recorder(true);
  const progress = progressLine(stream);
  progress.show('a part with a long name', 1, 2);
  progress.show('short', 1, 4);
  vi.advanceTimersByTime(1000);
  progress.end();
  vi.advanceTimersByTime(5000);
  expect(written.map((text) => text.replace('\r\x1b[2K', ''))).toEqual([
    'a part with a long ',
    'short … 25 %',
    'short … 25 % 1 s',
    '',
  ]);
});

it('writes a line for each part elsewhere, and one every ten seconds of a long part', () => {
  const { written, stream } = recorder(false);
  const progress = progressLine(stream);
  progress.show('first');
  for (let done = 0; done <= 3; done++) progress.show('second', done, 4);
  vi.advanceTimersByTime(25_000);
  progress.end();
  expect(written).toEqual(['first …\n', 'second … 0 %\n', 'second … 75 % 10 s\n', 'second … 75 % 20 s\n']);
});
