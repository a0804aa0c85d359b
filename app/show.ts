// What start.mjs prints in a terminal, as elements of the page.
import { findingsAsText, type Findings } from './findings.ts';
import {
  cells,
  COLUMNS,
  corpusAsText,
  engineAsText,
  NUMERIC_COLUMNS,
  objectiveAsText,
  type JobReport,
} from './report.ts';

export function showJob(report: JobReport, table: HTMLTableElement, summary: HTMLElement): void {
  const row = (tag: 'th' | 'td', texts: readonly string[]): HTMLTableRowElement => {
    const tr = document.createElement('tr');
    tr.append(
      ...texts.map((textContent, column) =>
        Object.assign(document.createElement(tag), {
          textContent,
          className: NUMERIC_COLUMNS.has(COLUMNS[column]!) ? 'number' : '',
        }),
      ),
    );
    return tr;
  };
  table.replaceChildren(row('th', COLUMNS), ...report.rows.map((result) => row('td', cells(result))));
  summary.textContent =
    `${corpusAsText(report.corpus)}, computed on ${engineAsText(report.engine)}. ` +
    `Mirror descent finds, for each address, the nearest mixture of the other presidents’ language: ${objectiveAsText(report.objective)}.`;
}

const LONG_LIST = 10;

export function showFindings(found: Findings, element: HTMLElement): void {
  const sections = findingsAsText(found).map(({ heading, lines }) => {
    const section = document.createElement('div');
    const title = Object.assign(document.createElement('h3'), { textContent: heading });
    const list = document.createElement('ol');
    list.append(...lines.map((textContent) => Object.assign(document.createElement('li'), { textContent })));
    section.append(title, list);
    section.classList.toggle('long', lines.length > LONG_LIST);
    return section;
  });
  element.replaceChildren(...sections);
}
