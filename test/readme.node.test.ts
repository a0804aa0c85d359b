import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { operationTable } from '../host/operation-table.ts';
import { operations } from '../host/operations.ts';
import { register } from '../src/engine-worker.ts';
import * as dually from '../src/index.ts';
import * as remote from '../src/worker.ts';
import { engineWorker } from './remote/engine-worker.ts';
import { pages, pageSnippets, readPage } from './snippets.ts';

const AsyncFunction = (async () => undefined).constructor as new (...parts: string[]) => (...values: unknown[]) => Promise<unknown>;
const text = readPage('README.md');
const sources = import.meta.glob<string>('../src/**/*.ts', { query: '?raw', import: 'default', eager: true });

test('the table of operations in the README is that of the package (npm run readme writes it)', () => {
  expect(text).toContain(`\n${operationTable()}\n\n`);
});

/** Runs a snippet with the package's names at hand; what it logs comes back. */
async function run(snippet: string, more: Readonly<Record<string, unknown>> = {}): Promise<unknown[][]> {
  const logged: unknown[][] = [];
  const scope: Record<string, unknown> = { ...dually, ...more, console: { log: (...values: unknown[]) => logged.push(values) } };
  await new AsyncFunction(...Object.keys(scope), snippet.replaceAll(' as const', '').replaceAll('import.meta.url', "'file:///'"))(...Object.values(scope));
  return logged;
}

test('the example of the README runs and prints what it says', async () => {
  const example = pageSnippets.find(({ page }) => page === 'README.md')!.code;
  const body = example.replace(/^import .*$/m, '');
  expect(example.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(15);
  const [[kl], [backend], [worstUlps], [all]] = await run(body) as [[Float32Array], unknown[], [number], [Float32Array]];
  expect([...kl].map((x) => x.toFixed(4))).toEqual(['0.2180', '0.1927']);
  expect(backend).toBe('cpu'); // the only adapter of the tests is software
  expect(worstUlps).toBeLessThanOrEqual(4);
  expect([all[0], all[3]]).toEqual([0, 0]);
});

test('the README needs no more than 900 words to come to its table', () => {
  expect(text.slice(0, text.indexOf('## Operations')).split(/\s+/).length).toBeLessThanOrEqual(900);
});

test('the links between the pages lead somewhere', () => {
  for (const page of ['CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...pages]) {
    for (const [, link] of readPage(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const target = new URL(link!, new URL(`../${page}`, import.meta.url));
      expect(existsSync(new URL(target.pathname, target)), `${page}: ${link}`).toBe(true);
      if (target.hash) expect(headings(readFileSync(new URL(target.pathname, target), 'utf8')), `${page}: ${link}`).toContain(target.hash.slice(1));
    }
  }
});

/** The anchors of a page, as the sites that show it make them. */
function headings(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, '').replaceAll(' ', '-'));
}

const examples = pageSnippets.filter(({ page }) => page !== 'README.md'); // which is looked at more closely

test('the pages have examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
});

test.each(examples)('the example of $page runs', async ({ code }) => {
  const engine = await dually.openEngine();
  const p = engine.rows([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], { outcomes: 3 });
  const q = engine.rows([[1, 1, 2]], { outcomes: 3, form: 'weights' });
  const names = code.includes("from 'dually/worker'") ? namesOf('/remote/') : { p, q, ...(!code.includes('openEngine(') && { engine }) };
  const logged = await run(code.replace(/^import .*$/m, ''), names);
  if (code.includes('engine.stream')) expect((logged[0] as [Float32Array])[0].map((x) => Math.round(1e4 * x))).toEqual(new Float32Array([2180, 1927]));
  engine.dispose();
});

const snippets = Object.entries(sources).flatMap(([file, source]) => [...source.matchAll(/\* @example\n([\s\S]*?)(?:\*\/|\* @)/g)].map(([, block]) => ({
  file, code: block!.split('\n').map((line) => line.replace(/^\s*\* ?/, '')).join('\n'),
})));

/** What snippets see beside the names of `dually`: those of other entries, and the worker that they make. */
function namesOf(file: string): Readonly<Record<string, unknown>> {
  return file.includes('/remote/') ? { ...remote, Worker: function make() { return engineWorker(); } } : { register };
}

test.each(snippets)('the snippet in the documentation of $file runs', async ({ file, code }) => {
  const engine = await dually.openEngine();
  const p = engine.rows([[0.5, 0.5], [0.9, 0.1]], { outcomes: 2 });
  const q = engine.rows([[0.25, 0.75]], { outcomes: 2 });
  const own = code.includes('openEngine(') ? {} : { engine, p, q };
  await run(code, { ...namesOf(file), ...own });
  engine.dispose();
});

test('every operation is documented with a snippet', () => {
  expect(snippets.length).toBeGreaterThanOrEqual(operations.length);
  for (const { name } of operations) expect(snippets.some(({ code }) => code.includes(`${name}(`)), name).toBe(true);
});
