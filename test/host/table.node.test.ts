import { describe, expect, it } from 'vitest';
import { formatTable, inColumns } from '../../host/table.ts';

describe('formatTable', () => {
  it('aligns columns, numbers to the right, and leaves no space at the end of a line', () => {
    expect(
      formatTable(
        ['name', 'time', 'note'],
        [
          ['a', '10 ms', 'x'],
          ['longer', '2 ms', ''],
        ],
        new Set(['time']),
      ),
    ).toEqual(['name     time  note', '──────  ─────  ────', 'a       10 ms  x', 'longer   2 ms']);
  });

  it('makes a header of no rows', () => {
    expect(formatTable(['a', 'b'], [], new Set())).toEqual(['a  b', '─  ─']);
  });
});

it('sets entries in columns that are read downwards', () => {
  expect(inColumns(['a', 'b', 'c', 'd', 'e'], 9)).toEqual(['a  c  e', 'b  d']);
  expect(inColumns(['wide entry', 'b'], 5)).toEqual(['wide entry', 'b']);
});
