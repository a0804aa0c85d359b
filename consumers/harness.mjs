// What the consumers need: the packed package in a project of its own, commands that say nothing, and a browser that
// hears all.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dawnEnvironment } from '../host/machine.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..');
export const folder = mkdtempSync(join(tmpdir(), 'dually-consumers-'));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Quiet: neither reports to their makers nor reminders to update lists of browsers. */
const environment = {
  ...process.env,
  ...dawnEnvironment(),
  CI: '1',
  NO_COLOR: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  BROWSERSLIST_IGNORE_OLD_DATA: '1',
  BASELINE_BROWSER_MAPPING_IGNORE_OLD_DATA: '1',
};
delete environment.FORCE_COLOR;

const children = new Set();

export function cleanUp() {
  for (const child of children) stop(child);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function stop(child) {
  try {
    process.kill(-child.pid); // with what it has started
  } catch {
    child.kill();
  }
}

function start(command, args, cwd, more = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      child.said += text;
    });
  children.add(child);
  child.ended = new Promise((resolve) =>
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve(code ?? signal);
    }),
  );
  return child;
}

/** Runs a command to its end; its output. Throws if it fails. */
export async function run(command, args, cwd, more) {
  const child = start(command, args, cwd, more);
  const timer = setTimeout(() => stop(child), 300_000);
  const code = await child.ended;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ends with ${code}\n${child.said}`);
  return child.said;
}

/** Runs a tool of a project with this Node. It may say nothing of a warning or an error. */
export async function tool(project, file, ...args) {
  return quiet(await run(process.execPath, [join(project, 'node_modules', file), ...args], project));
}

export function quiet(said) {
  const lines = said
    .split('\n')
    .filter((line) => /warn|error|deprecat|fail|could not|unresolved/i.test(line) && !/\b0 errors?\b/.test(line));
  if (lines.length > 0) throw new Error(`said:\n${lines.join('\n')}`);
  return said;
}

/** A server that a tool runs, while something is done with it. */
export async function serving(project, file, args, port, work) {
  const child = start(process.execPath, [join(project, 'node_modules', file), ...args], project);
  try {
    const origin = `http://127.0.0.1:${port}`;
    for (
      const end = Date.now() + 60_000;
      !(await fetch(origin).then(
        ({ ok }) => ok,
        () => false,
      ));
    ) {
      if (Date.now() > end || child.exitCode !== null) throw new Error(`no server: ${child.said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const result = await work(origin);
    quiet(child.said);
    return result;
  } finally {
    stop(child);
    await child.ended;
  }
}

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };

/** Serves a folder, as any server of files does. */
export async function servingFiles(files, work) {
  const server = createServer(({ url }, response) => {
    const path = url === '/' ? 'index.html' : url.split('?')[0];
    readFile(join(files, path)).then(
      (body) =>
        response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** What tools say of themselves on a page in development. */
const ofTools = /^\[vite\] |React DevTools|^\[HMR\]/;

/** Opens a page and waits for globalThis.outcome. Everything that the page says, or fails to load, is a fault. */
export async function visit(browser, address) {
  const page = await browser.newPage();
  const heard = [];
  page.on('console', (message) => {
    if (!ofTools.test(message.text()))
      heard.push(`${message.type()}: ${message.text()} ${message.location().url ?? ''}`);
  });
  page.on('pageerror', (error) => heard.push(`error: ${error.stack ?? error}`));
  try {
    await page.goto(address);
    const outcome = await outcomeOf(page, heard);
    if (outcome.error !== undefined || heard.length > 0)
      throw new Error([outcome.error, ...heard].filter(Boolean).join('\n'));
    return outcome.places.join('; ');
  } finally {
    await page.close();
  }
}

async function outcomeOf(page, heard) {
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    // a server in development may load the page anew
    const outcome = await page.evaluate(() => globalThis.outcome).catch(() => undefined);
    if (outcome) return outcome;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no outcome\n${heard.join('\n')}`);
}

/** Packs the package; the folder of its contents. */
export async function pack() {
  await run(npm, ['pack', '--silent', '--pack-destination', folder], root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await run('tar', ['-xzf', join(folder, `dually-${version}.tgz`), '-C', folder], folder);
  return join(folder, 'package');
}

/** A project with what its lockfile names, and the package. */
export async function install(name, packed) {
  const project = join(folder, name);
  cpSync(join(here, name), project, {
    recursive: true,
    filter: (file) => !/node_modules|\.next/.test(file.slice(here.length)),
  });
  cpSync(join(here, 'shared'), project, { recursive: true });
  if (existsSync(join(project, 'package.json')))
    await run(npm, ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], project);
  cpSync(packed, join(project, 'node_modules/dually'), { recursive: true });
  return project;
}

/** Adds the optional peer, as far as this machine needs it. */
export function addDawn(project) {
  const [from, to] = [join(root, 'node_modules/webgpu'), join(project, 'node_modules/webgpu')];
  mkdirSync(to, { recursive: true });
  for (const file of ['package.json', 'index.js', `dist/${process.platform}-${process.arch}`])
    cpSync(join(from, file), join(to, file), { recursive: true });
}
