import { expect, test } from 'vitest';
import { Ledger } from '../../src/engine/cpu/ledger.ts';

test('rows are handed out once, from first to last', () => {
  const ledger = new Ledger(10);
  const ranges = [ledger.take(4)!, ledger.take(4)!, ledger.take(4)!];
  expect(ranges).toEqual([{ from: 0, rows: 4 }, { from: 4, rows: 4 }, { from: 8, rows: 2 }]);
  expect([ledger.take(4), ledger.left, ledger.isOver]).toEqual([undefined, 0, false]);
  for (const range of ranges) ledger.finish(range, undefined);
  expect([ledger.done, ledger.blocks, ledger.isOver]).toEqual([10, 3, true]);
});

test('rows that come back are handed out first, and count once', () => {
  const ledger = new Ledger(10);
  const [first, second] = [ledger.take(4)!, ledger.take(4)!];
  ledger.reclaim();
  expect(ledger.left).toBe(10);
  ledger.finish(first, undefined); // late, but before another took it
  expect([ledger.done, ledger.left]).toEqual([4, 6]);
  expect(ledger.take(1)).toBe(second);
  ledger.finish(second, undefined);
  ledger.finish(second, undefined); // by the late one too
  expect([ledger.done, ledger.left]).toEqual([8, 2]);
});

test('after a bad row, only the rows before it matter', () => {
  const ledger = new Ledger(100);
  const [first, second, third] = [ledger.take(10)!, ledger.take(10)!, ledger.take(10)!];
  ledger.finish(third, { input: 0, row: 5 });
  expect([ledger.bad, ledger.left, ledger.isOver]).toEqual([{ input: 0, row: 25 }, 0, false]);
  ledger.finish(second, { input: 1, row: 0 });
  expect([ledger.bad, ledger.isOver]).toEqual([{ input: 1, row: 10 }, false]);
  ledger.giveBack(first);
  expect([ledger.left, ledger.take(3)]).toEqual([10, first]);
  ledger.finish(first, undefined);
  expect([ledger.bad, ledger.isOver]).toEqual([{ input: 1, row: 10 }, true]);
});
