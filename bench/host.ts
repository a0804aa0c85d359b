// The part of `npm run bench` that runs in Node.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { inHeadlessBrowser } from '../host/headless.ts';
import { formatTable } from '../host/table.ts';
import { operations } from '../host/operations.ts';
import { progressLine } from '../host/progress.ts';
import { version } from '../package.json';
import { CHECK_COLUMNS, CHECK_NUMERIC, checkCells } from './check-report.ts';
import { AUTO_COLUMNS, AUTO_NUMERIC, autoCells, autoRemarks, BAR, ratioOf, type AutoReport } from './auto-report.ts';
import { BAR_COLUMNS, BAR_NUMERIC, barCells, barsOf, type BarRow } from './peer-bars.ts';
import { PEER_COLUMNS, PEER_NUMERIC, peerCells, peerRemarks, type PeerRow } from './peer-report.ts';
import { browserName, cells, COLUMNS, heading, NUMERIC_COLUMNS, passed, remarks, type BenchReport } from './report.ts';

/** Names of operations that do not exist. */
export function unknownNames(names: readonly string[]): string[] {
  return names.filter((wanted) => !operations.some(({ name }) => name === wanted));
}

export function knownNames(): string[] {
  return operations.map(({ name }) => name);
}

/** Runs the page at `url`, prints its report, and says whether all is well. */
export async function runAndPrint(url: string, jsonFile: string | undefined): Promise<boolean> {
  const report = await reportOf<BenchReport>(url);
  const own = [...formatTable(COLUMNS, report.rows.map(cells), NUMERIC_COLUMNS), '', ...remarks(report)];
  if (report.checks) {
    console.log(formatTable(CHECK_COLUMNS, report.checks.map(checkCells), CHECK_NUMERIC).join('\n'));
  }
  console.log([heading(report), ...(report.cpuAlone || report.checks ? [] : ['', ...own])].join('\n'));
  if (report.peers.length > 0) console.log(['', ...peerLines(report.peers)].join('\n'));
  if (jsonFile !== undefined) {
    writeFileSync(
      jsonFile,
      `${JSON.stringify({ ...report, bars: barsOf(report.peers), versions: versions() }, undefined, 2)}\n`,
    );
    console.log(`The figures are in ${jsonFile}.`);
  }
  return passed(report);
}

/** The same of the engine that chooses; well is what is within the bar in every shape. */
export async function runAutoAndPrint(url: string, jsonFile: string | undefined): Promise<boolean> {
  const report = await reportOf<AutoReport>(url);
  console.log(
    [
      `Dually bench, auto: ${report.adapter}; ${browserName(report.browser)}; ${report.date}`,
      '',
      ...formatTable(AUTO_COLUMNS, report.rows.map(autoCells), AUTO_NUMERIC),
      '',
      ...autoRemarks(report),
    ].join('\n'),
  );
  if (jsonFile !== undefined) {
    writeFileSync(jsonFile, `${JSON.stringify({ ...report, versions: versions() }, undefined, 2)}\n`);
    console.log(`The figures are in ${jsonFile}.`);
  }
  return report.rows.every((row) => ratioOf(row) <= BAR);
}

async function reportOf<Report>(url: string): Promise<Report> {
  const progress = progressLine(process.stderr);
  try {
    return await inHeadlessBrowser<Report>(url, (...step) => progress.show(...step));
  } finally {
    progress.end();
  }
}

function peerLines(rows: readonly PeerRow[]): string[] {
  return [
    ...formatTable(
      PEER_COLUMNS,
      rows.map((row) => peerCells(row, rows)),
      PEER_NUMERIC,
    ),
    '',
    ...peerRemarks(rows),
    ...barLines(barsOf(rows)),
  ];
}

function barLines(bars: readonly BarRow[]): string[] {
  return bars.length === 0 ? [] : ['', ...formatTable(BAR_COLUMNS, bars.map(barCells), BAR_NUMERIC)];
}

function versions(): Record<string, string> {
  return {
    dually: version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? '',
  };
}
