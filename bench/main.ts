// The page. With ?run it runs the benchmark for the program that opened it; without, it waits for a click.
import { element, messageOf } from '../host/element.ts';
import type { Message } from '../host/message.ts';
import type { AutoReport } from './auto-report.ts';
import { runAuto } from './auto-suite.ts';
import { CHECK_COLUMNS, CHECK_NUMERIC, checkCells } from './check-report.ts';
import { BAR_COLUMNS, BAR_NUMERIC, barCells, barsOf } from './peer-bars.ts';
import { PEER_COLUMNS, PEER_NUMERIC, peerCells, peerRemarks } from './peer-report.ts';
import { cells, COLUMNS, heading, NUMERIC_COLUMNS, remarks, type BenchReport } from './report.ts';
import type { OnProgress } from './rounds.ts';
import { heldIn, soak, soakBudget, type SoakSample } from './soak.ts';
import { runBench, type Choice } from './suite.ts';
import { openEngine } from '../src/index.ts';

type TellHost = (message: Message<BenchReport | AutoReport | readonly SoakSample[]>) => Promise<void>;

const asked = new URLSearchParams(location.search);
const chosen = {
  only: asked.getAll('only'),
  peers: asked.has('peers'),
  check: asked.has('check'),
  cpu: asked.has('cpu'),
};

async function runForHost(tellHost: TellHost): Promise<void> {
  const onProgress: OnProgress = (part, done, total) => void tellHost({ kind: 'progress', part, done, total });
  const choice: Choice = { mode: asked.has('quick') ? 'quick' : 'full', ...chosen };
  try {
    const report = await (asked.has('auto') ? runAuto(onProgress) : runBench(choice, onProgress));
    await tellHost({ kind: 'report', report });
  } catch (error) {
    await tellHost({ kind: 'failure', message: messageOf(error) });
  }
}

/** Tells, for each fiftieth of the way, of the moment at which the device held the most. */
async function soakForHost(tellHost: TellHost): Promise<void> {
  const samples: SoakSample[] = [];
  const [reads, depth, parts] = [1000, 100, 50];
  try {
    using engine = await openEngine({ backend: 'webgpu', memoryBudget: soakBudget });
    await soak(engine, reads, depth, (sample, read) => {
      const part = Math.floor((read * parts) / reads);
      const most = samples[part];
      if (!most || heldIn(sample) >= heldIn(most)) samples[part] = sample;
      if ((read + 1) % (reads / parts) === 0)
        void tellHost({ kind: 'progress', part: 'soak', done: read + 1, total: reads });
    });
    await tellHost({ kind: 'report', report: samples });
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
      const report = await runBench({ mode, ...chosen }, (part, done, total) => {
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
  fill(element('table'), report.cpuAlone || report.checks ? [] : COLUMNS, NUMERIC_COLUMNS, report.rows.map(cells));
  const peers = report.peers.map((of) => peerCells(of, report.peers));
  fill(element('peers'), peers.length > 0 ? PEER_COLUMNS : [], PEER_NUMERIC, peers);
  const bars = barsOf(report.peers).map(barCells);
  fill(element('bars'), bars.length > 0 ? BAR_COLUMNS : [], BAR_NUMERIC, bars);
  element('remarks').replaceChildren(
    ...[...(report.cpuAlone ? [] : remarks(report)), ...peerRemarks(report.peers)].map((textContent) =>
      Object.assign(document.createElement('p'), { textContent }),
    ),
  );
  fill(element('checks'), report.checks ? CHECK_COLUMNS : [], CHECK_NUMERIC, (report.checks ?? []).map(checkCells));
  const link = element<HTMLAnchorElement>('save');
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([JSON.stringify(report, undefined, 2)], { type: 'application/json' }));
  link.hidden = false;
}

function fill(
  table: HTMLElement,
  columns: readonly string[],
  numeric: ReadonlySet<string>,
  rows: readonly (readonly string[])[],
): void {
  const row = (tag: 'th' | 'td', texts: readonly string[]): HTMLTableRowElement => {
    const tr = document.createElement('tr');
    tr.append(
      ...texts.map((textContent, column) =>
        Object.assign(document.createElement(tag), {
          textContent,
          className: numeric.has(columns[column]!) ? 'number' : '',
        }),
      ),
    );
    return tr;
  };
  table.replaceChildren(row('th', columns), ...rows.map((texts) => row('td', texts)));
}

const { tellHost } = window as { tellHost?: unknown };
if (tellHost && asked.has('soak')) await soakForHost(tellHost as TellHost);
else if (tellHost && asked.has('run')) await runForHost(tellHost as TellHost);
else offer();
