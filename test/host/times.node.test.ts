import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeTable, type FileTime } from './times.ts';

test('lists the slowest files first, of every host and all, and how long each host was at them', () => {
  const times: FileTime[] = [
    { file: 'a.test.ts', host: 'node', seconds: 1 },
    { file: 'b.test.ts', host: 'node', seconds: 0.25 },
    { file: 'b.test.ts', host: 'chrome', seconds: 2 },
    { file: 'c.test.ts', host: 'chrome', seconds: 0.125 },
  ];
  const spans = new Map([
    ['node', 1.5],
    ['chrome', 3],
  ]);
  expect(timeTable(times, spans, 2)).toEqual([
    'seconds                     chrome  node  all',
    '──────────────────────────  ──────  ────  ───',
    'b.test.ts                      2.0   0.3  2.3',
    'a.test.ts                            1.0  1.0',
    'all 3 files                    2.1   1.3  3.4',
    'from the first to the last     3.0   1.5',
  ]);
});

test('the totals count what is not listed', () => {
  const time = fc.record({
    file: fc.constantFrom('a', 'b', 'c', 'd'),
    host: fc.constantFrom('chrome', 'firefox', 'node'),
    seconds: fc.integer({ min: 0, max: 1000 }),
  });
  fc.assert(
    fc.property(fc.array(time, { minLength: 1 }), fc.nat(5), (times, listed) => {
      const lines = timeTable(times, new Map(), listed);
      expect(lines).toHaveLength(2 + Math.min(listed, new Set(times.map(({ file }) => file)).size) + 2);
      const total = times.reduce((all, { seconds }) => all + seconds, 0);
      expect(lines.at(-2)!.endsWith(` ${total.toFixed(1)}`)).toBe(true);
      const sums = lines.slice(2, -2).map((line) => Number(line.slice(line.lastIndexOf(' '))));
      expect(sums).toEqual(sums.toSorted((a, b) => b - a));
    }),
  );
});
