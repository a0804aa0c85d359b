// The part of `npm run accuracy` that brings the hosts together.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatTable } from '../host/table.ts';
import { progressLine } from '../host/progress.ts';
import { goldenOfReference } from './golden.ts';
import { hosts } from './hosts.ts';
import { accuracyPage } from './page.ts';
import { plots } from './plots.ts';
import { failuresOf, type AccuracyReport, type HostReport, type Mode } from './report.ts';
import { goldenTable, NUMERIC_COLUMNS, regimeTable, sweepTable } from './tables.ts';

/** Measures in every host at the same time: Firefox mostly waits, and no figure is a time. */
export async function measureEverywhere(url: string, mode: Mode): Promise<AccuracyReport> {
  const progress = progressLine(process.stderr);
  const names = Object.keys(hosts);
  const shares = new Map<string, number>();
  const onProgress =
    (host: string) =>
    (part: string, done: number = 0, total: number = 1): void => {
      if (part !== 'golden cases') shares.set(host, done / total);
      const sum = [...shares.values()].reduce((a, b) => a + b, 0);
      progress.show(`golden cases and sweep in ${names.join(', ')}`, sum, names.length);
    };
  try {
    const reference = await goldenOfReference();
    const outcomes = await Promise.allSettled(names.map((name) => hosts[name]!(url, mode, onProgress(name))));
    const reports: Record<string, HostReport> = {};
    const failures: string[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') reports[names[index]!] = outcome.value;
      else failures.push(`${names[index]} gave no report. ${String(outcome.reason)}`);
    }
    return { mode, date: new Date().toISOString().slice(0, 10), hosts: reports, reference, failures };
  } finally {
    progress.end();
  }
}

/** Prints the tables and what failed, and says whether all is well. */
export function print(report: AccuracyReport): boolean {
  for (const { title, columns, rows } of [goldenTable(report), sweepTable(report), regimeTable(report)]) {
    console.log([title, '', ...formatTable(columns, rows, NUMERIC_COLUMNS), ''].join('\n'));
  }
  const failures = failuresOf(report);
  console.log(failures.length === 0 ? 'Every result is within its tolerance.' : `${failures.length} failures:`);
  for (const failure of failures) console.log(`FAILED ${failure}`);
  return failures.length === 0;
}

/** Writes accuracy.md and its plots. */
export async function writePage(report: AccuracyReport, folder: string): Promise<void> {
  const pictures = join(folder, 'accuracy');
  mkdirSync(pictures, { recursive: true });
  for (const { file, svg } of await plots(report)) writeFileSync(join(pictures, file), svg);
  writeFileSync(join(folder, 'accuracy.md'), accuracyPage(report));
}

export function writeFigures(report: AccuracyReport, file: string): void {
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
}
