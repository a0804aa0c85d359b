import { formatTable, inColumns } from '../host/table.ts';
import { findingsAsText } from './findings.ts';
import {
  cells,
  COLUMNS,
  corpusAsText,
  engineAsText,
  NUMERIC_COLUMNS,
  objectiveAsText,
  type JobReport,
  type JobRow,
} from './report.ts';

const WIDTH = 110;

export function printRows(rows: readonly JobRow[], stream: NodeJS.WriteStream): void {
  for (const line of formatTable(COLUMNS, rows.map(cells), NUMERIC_COLUMNS)) stream.write(`${line}\n`);
}

export function printJob(report: JobReport, stream: NodeJS.WriteStream): void {
  const say = (...lines: string[]): void => lines.forEach((line) => stream.write(`${line}\n`));
  say(`State of the Union addresses: ${corpusAsText(report.corpus)}`, `Computed on ${engineAsText(report.engine)}`, '');
  printRows(report.rows, stream);
  say('');
  say(`Mirror descent, ${objectiveAsText(report.objective)}.`);
  for (const { heading, lines } of findingsAsText(report.findings)) {
    say('', heading, ...inColumns(lines, WIDTH).map((line) => `  ${line}`));
  }
}
