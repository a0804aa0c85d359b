import { expect, test } from 'vitest';
import { RowQueue } from '../../src/engine/cpu/row-queue.ts';

test('rows are handed out once, from first to last', () => {
  const queue = new RowQueue(10);
  const ranges = [queue.take(4)!, queue.take(4)!, queue.take(4)!];
  expect(ranges).toEqual([{ from: 0, rows: 4 }, { from: 4, rows: 4 }, { from: 8, rows: 2 }]);
  expect([queue.take(4), queue.left, queue.isOver]).toEqual([undefined, 0, false]);
  for (const range of ranges) queue.finish(range, undefined);
  expect([queue.done, queue.blocks, queue.isOver]).toEqual([10, 3, true]);
});

test('rows that come back are handed out first, and count once', () => {
  const queue = new RowQueue(10);
  const [first, second] = [queue.take(4)!, queue.take(4)!];
  queue.reclaim();
  expect(queue.left).toBe(10);
  queue.finish(first, undefined); // late, but before another took it
  expect([queue.done, queue.left]).toEqual([4, 6]);
  expect(queue.take(1)).toBe(second);
  queue.finish(second, undefined);
  queue.finish(second, undefined); // by the late one too
  expect([queue.done, queue.left]).toEqual([8, 2]);
});

test('after a bad row, only the rows before it matter', () => {
  const queue = new RowQueue(100);
  const [first, second, third] = [queue.take(10)!, queue.take(10)!, queue.take(10)!];
  queue.finish(third, { input: 0, row: 5 });
  expect([queue.bad, queue.left, queue.isOver]).toEqual([{ input: 0, row: 25 }, 0, false]);
  queue.finish(second, { input: 1, row: 0 });
  expect([queue.bad, queue.isOver]).toEqual([{ input: 1, row: 10 }, false]);
  queue.giveBack(first);
  expect([queue.left, queue.take(3)]).toEqual([10, first]);
  queue.finish(first, undefined);
  expect([queue.bad, queue.isOver]).toEqual([{ input: 1, row: 10 }, true]);
});
