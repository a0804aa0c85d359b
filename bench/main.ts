// The page. With ?run it runs the benchmark for the program that opened it; without, it waits for a click.
import { element, messageOf } from '../app/element.ts';
import { cells, COLUMNS, heading, NUMERIC_COLUMNS, remarks, type BenchReport, type Message } from './report.ts';
import { runBench, type Choice } from './suite.ts';

type TellHost = (message: Message) => Promise<void>;

const asked = new URLSearchParams(location.search);

async function runForHost(tellHost: TellHost): Promise<void> {
  const choice: Choice = { mode: asked.has('quick') ? 'quick' : 'full', only: asked.getAll('only') };
  try {
    const report = await runBench(
      choice,
      (part, done, total) => void tellHost({ kind: 'progress', part, done, total }),
    );
    await tellHost({ kind: 'report', report });
  } catch (error) {
    await tellHost({ kind: 'failure', message: messageOf(error) });
  }
}

function offer(): void {
  const buttons = [element<HTMLButtonElement>('quick'), element<HTMLButtonElement>('full')];
  const run = async (mode: Choice['mode']): Promise<void> => {
    for (const button of buttons) button.disabled = true;
    const status = element('status');
    try {
      const report = await runBench({ mode, only: asked.getAll('only') }, (part, done, total) => {
        status.textContent = `${part} … ${Math.floor((100 * done) / total)} %`;
      });
      status.textContent = heading(report);
      show(report);
    } catch (error) {
      status.textContent = messageOf(error);
    }
    for (const button of buttons) button.disabled = false;
  };
  for (const button of buttons) button.addEventListener('click', () => void run(button.id as Choice['mode']));
}

function show(report: BenchReport): void {
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
  element('table').replaceChildren(row('th', COLUMNS), ...report.rows.map((result) => row('td', cells(result))));
  element('remarks').replaceChildren(
    ...remarks(report).map((textContent) => Object.assign(document.createElement('p'), { textContent })),
  );
  const link = element<HTMLAnchorElement>('save');
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([JSON.stringify(report, undefined, 2)], { type: 'application/json' }));
  link.hidden = false;
}

const { tellHost } = window as { tellHost?: unknown };
if (tellHost && asked.has('run')) await runForHost(tellHost as TellHost);
else offer();
