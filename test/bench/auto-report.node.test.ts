import { expect, test } from 'vitest';
import { AUTO_COLUMNS, autoCells, autoRemarks, ratioOf, type AutoReport, type AutoRow } from '../../bench/auto-report.ts';

const sample = (minimum: number, median = minimum): AutoRow['cpu'] => ({ minimum, median, rounds: 5 });
const row = (operation: string, rows: number, webgpu: number, cpu: number, auto: number): AutoRow => ({
  operation, rows, outcomes: 2, webgpu: sample(webgpu), cpu: sample(cpu), auto: sample(auto, 2 * auto), onWebgpu: 1, predicted: { cpu: 3 }, reason: 'a reason',
});
const rows = [row('kl', 1, 4, 1, 1.5), row('kl', 1000, 4, 5, 4), row('renyi', 1, 4, 1, 1)];

test('compares with the better place', () => {
  expect(rows.map((each) => ratioOf(each))).toEqual([1.5, 1, 1]);
  expect(ratioOf(rows[1]!, 'median')).toBe(2);
});

test('says the worst ratio, how many shapes are within the bar, and where WebGPU gets ahead', () => {
  const report: AutoReport = { date: '', adapter: '', browser: '', rows };
  expect(autoRemarks(report)).toEqual([
    'The worst ratio of auto to the better place is 1.50 (kl 1×2) of the fastest rounds and 3.00 (kl 1×2) of the middle ones; 2 of 3 shapes are within 1.2.',
    'Numbers (rows times outcomes) from which WebGPU is ahead of the CPU: kl from 2000, renyi never.',
  ]);
});

test('has a cell a column', () => {
  const cells = autoCells(rows[0]!);
  expect(cells.length).toBe(AUTO_COLUMNS.length);
  expect(cells.slice(-2)).toEqual(['–', '3.00 ms']);
});
