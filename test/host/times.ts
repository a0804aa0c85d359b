/** After a run: which files took longest, in each host. */
import type { Reporter, TestModule } from 'vitest/node';
import { formatTable } from '../../host/table.ts';

export interface FileTime {
  readonly file: string;
  readonly host: string;
  readonly seconds: number;
}

/** A host's first start of a file and its last end, in milliseconds. */
interface Span {
  readonly start: number;
  end: number;
}

const LISTED = 25;

/** Comes before Vitest's own report, which ends with the failures. */
export class TimeReporter implements Reporter {
  readonly #spans = new Map<string, Span>();

  onTestModuleStart({ project }: TestModule): void {
    const start = performance.now();
    if (!this.#spans.has(project.name)) this.#spans.set(project.name, { start, end: start });
  }

  onTestModuleEnd({ project }: TestModule): void {
    this.#spans.get(project.name)!.end = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length < 2) return;
    const times = modules.map((module) => ({
      file: module.relativeModuleId,
      host: module.project.name,
      seconds: secondsOf(module),
    }));
    const spans = new Map([...this.#spans].map(([host, { start, end }]) => [host, (end - start) / 1000]));
    console.log(['', ...timeTable(times, spans), ''].join('\n'));
  }
}

function secondsOf(module: TestModule): number {
  const { setupDuration, collectDuration, duration } = module.diagnostic();
  return (setupDuration + collectDuration + duration) / 1000;
}

/** The slowest files first, by the sum over the hosts; then all, and from when to when each host was at them. */
export function timeTable(
  times: readonly FileTime[],
  spans: ReadonlyMap<string, number>,
  listed: number = LISTED,
): string[] {
  const hosts = [...new Set(times.map(({ host }) => host))].sort();
  const ofFiles = new Map<string, Map<string, number>>();
  for (const { file, host, seconds } of times) {
    const ofHosts = ofFiles.get(file) ?? new Map<string, number>();
    ofFiles.set(file, ofHosts.set(host, (ofHosts.get(host) ?? 0) + seconds));
  }
  const totals = new Map(hosts.map((host) => [host, sum([...ofFiles.values()].map((each) => each.get(host) ?? 0))]));
  const sorted = [...ofFiles].sort(([, a], [, b]) => sum(b.values()) - sum(a.values()));
  const row = (name: string, ofHosts: ReadonlyMap<string, number>, total: string): string[] => [
    name,
    ...hosts.map((host) => cell(ofHosts.get(host))),
    total,
  ];
  const rows = [
    ...sorted.slice(0, listed).map(([file, ofHosts]) => row(file, ofHosts, cell(sum(ofHosts.values())))),
    row(`all ${ofFiles.size} files`, totals, cell(sum(totals.values()))),
    row('from the first to the last', spans, ''),
  ];
  const header = ['seconds', ...hosts, 'all'];
  return formatTable(header, rows, new Set(header.slice(1)));
}

function cell(seconds: number | undefined): string {
  return seconds === undefined ? '' : seconds.toFixed(1);
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, each) => total + each, 0);
}
