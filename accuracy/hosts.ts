// The hosts that `npm run accuracy` measures in.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LaunchOptions } from 'puppeteer';
import { inHeadlessBrowser, openBrowser } from '../host/headless.ts';
import { chromeLaunch, dawnEnvironment, firefoxLaunch } from '../host/machine.mjs';
import type { Message } from '../host/message.ts';
import type { HostReport, Mode } from './report.ts';

type OnProgress = (part: string, done?: number, total?: number) => void;

/** Measures in one host. `url` is the page's, for a browser. */
export type Host = (url: string, mode: Mode, onProgress: OnProgress) => Promise<HostReport>;

export const hosts: Readonly<Record<string, Host>> = {
  Chromium: inBrowser(chromeLaunch()),
  Firefox: inBrowser(firefoxLaunch()),
  Node: inNode,
};

function inBrowser(options: LaunchOptions): Host {
  return (url, mode, onProgress) => {
    const page = new URL(url);
    if (mode === 'quick') page.searchParams.set('quick', '');
    return inHeadlessBrowser<HostReport>(page.href, onProgress, () => openBrowser(options));
  };
}

function inNode(_url: string, mode: Mode, onProgress: OnProgress): Promise<HostReport> {
  const program = fileURLToPath(new URL('node.mjs', import.meta.url));
  const child = fork(program, mode === 'quick' ? ['--quick'] : [], { env: { ...process.env, ...dawnEnvironment() } });
  return new Promise((resolve, reject) => {
    child.on('message', (message: Message<HostReport>) => {
      if (message.kind === 'progress') onProgress(message.part, message.done, message.total);
      else if (message.kind === 'report') resolve(message.report);
      else reject(new Error(message.message));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`Node ended before it told its report (${signal ?? code}).`)));
  });
}
