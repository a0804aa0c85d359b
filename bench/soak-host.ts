// The part of `npm run bench -- --soak` that runs in Node.
import { readdirSync, readFileSync } from 'node:fs';
import type { LaunchOptions } from 'puppeteer';
import { inHeadlessBrowser, openBrowser } from '../host/headless.ts';
import { formatTable } from '../host/table.ts';
import { progressLine } from '../host/progress.ts';
import { chromeLaunch, firefoxLaunch } from '../host/machine.mjs';
import { heldIn, spread, type SoakSample } from './soak.ts';

const mib = (bytes: number | null): string => (bytes === null ? '–' : (bytes / 2 ** 20).toFixed(2));
/** The first part of the samples is warm-up. */
const warmUp = 0.2;
const allowed = 0.05;
const columns = ['operations', 'used MiB', 'pooled MiB', 'buffers', 'spilled MiB', 'JS heap MiB', 'processes MiB'];

/** Soaks both browsers, prints what was held, and says whether it stayed within ±5 %. */
export async function soakAndPrint(url: string): Promise<boolean> {
  let passed = true;
  const browsers: [string, LaunchOptions][] = [
    ['Chrome', chromeLaunch()],
    ['Firefox', firefoxLaunch()],
  ];
  for (const [name, launch] of browsers) passed = (await soakOne(name, url, launch)) && passed;
  return passed;
}

async function soakOne(name: string, url: string, launch: LaunchOptions): Promise<boolean> {
  const progress = progressLine(process.stderr);
  const resident: (number | null)[] = [];
  let pid = 0;
  const start = async (): ReturnType<typeof openBrowser> => {
    const opened = await openBrowser(launch);
    pid = opened.browser.process()?.pid ?? 0;
    return opened;
  };
  let samples: readonly SoakSample[];
  try {
    samples = await inHeadlessBrowser<readonly SoakSample[]>(
      url,
      (part, done, total) => {
        if (total !== undefined) resident.push(residentBytes(pid));
        progress.show(`${name}: ${part}`, done, total);
      },
      start,
    );
  } finally {
    progress.end();
  }
  const rows = samples.map((each, k) => [
    String(each.operations),
    mib(each.used),
    mib(each.pooled),
    String(each.buffers),
    mib(each.spilled),
    mib(each.heap),
    mib(resident[k] ?? null),
  ]);
  console.log([name, ...formatTable(columns, rows, new Set(columns))].join('\n'));
  const held = spread(samples.slice(Math.ceil(warmUp * samples.length)).map(heldIn));
  console.log(
    `The most that the engine held on the device in each fiftieth stayed within ±${(100 * held).toFixed(1)} % ` +
      `after the first fifth; allowed are ±${100 * allowed} %.\n`,
  );
  return held <= allowed;
}

/** The memory of a process and of those that it started, where /proc tells. */
function residentBytes(root: number): number | null {
  const parents = new Map<number, number>();
  const sizes = new Map<number, number>();
  try {
    for (const entry of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      const status = statusOf(entry);
      parents.set(Number(entry), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
      sizes.set(Number(entry), 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    }
  } catch {
    return null;
  }
  const isOurs = (id: number): boolean => id === root || (parents.has(id) && isOurs(parents.get(id)!));
  return [...sizes].reduce((sum, [id, size]) => sum + (isOurs(id) ? size : 0), 0);
}

function statusOf(entry: string): string {
  try {
    return readFileSync(`/proc/${entry}/status`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}
