/** The package as its users get it: what it consists of, its types, and what its import does. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, expect, test } from 'vitest';
import * as source from '../src/index.ts';
import { buildPackage, consume, dist, distFiles, folder, node, packageFolder } from './built-package.ts';
import { pageSnippets } from './snippets.ts';

type Dually = typeof source;

beforeAll(buildPackage);

test('publint finds nothing to say', async () => {
  const { messages, pkg } = await publint({ pkgDir: packageFolder, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('holds nothing but modules and their types, and runs no code from text or network', () => {
  const files = distFiles('').filter((file) => file.includes('.'));
  expect(files.filter((file) => !/\.(js|d\.ts)$/.test(file))).toEqual([]);
  for (const file of distFiles('.js')) {
    expect(readFileSync(join(dist, file), 'utf8'), file).not.toMatch(
      /\beval\b|\bFunction\s*\(|\bfetch\s*\(|XMLHttpRequest|importScripts/,
    );
  }
});

test('what a page takes without a bundler is one file', () => {
  for (const file of ['dually.min.js', 'dually-webgpu.min.js', 'dually-worker.min.js', 'engine-worker.min.js', 'cpu-worker.js']) {
    expect(readFileSync(join(dist, file), 'utf8').match(/\bimport\s*[({"'`]|\brequire\(/g), file).toBe(null);
  }
});

test('workers and shared memory are for the CPU path alone, which asks whether they are there', () => {
  const modules = distFiles('.js').filter((file) => !/\.min\.js$|^cpu-worker/.test(file)); // not those that hold all of it
  const users = (pattern: RegExp): string[] => modules.filter((file) => pattern.test(readFileSync(join(dist, file), 'utf8')));
  expect(users(/new Worker\b|\.Worker\b/)).toEqual(['engine/cpu/thread.js']);
  for (const file of users(/SharedArrayBuffer/)) expect(file).toMatch(/^(engine\/(cpu\/|tags)|_virtual\/)/);
});

test.each([
  ['typescript/bin/tsc', 'nodenext', 'es2022', 'plain'],
  ['typescript/bin/tsc', 'bundler', 'es2022,dom,esnext.disposable', 'plain,dom,disposal'],
  ['@typescript/typescript6/bin/tsc6', 'nodenext', 'es2022', 'plain'],
])('%s takes the types with %s resolution and nothing but %s', (compiler, resolution, lib, names) => {
  const files = names.split(',').map((name) => consume(`${name}.mts`, readFileSync(`consumers/types/${name}.ts`, 'utf8')));
  const module = resolution === 'nodenext' ? 'nodenext' : 'esnext';
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    files,
    compilerOptions: { noEmit: true, strict: true, exactOptionalPropertyTypes: true, target: 'es2022', module, moduleResolution: resolution, lib: lib.split(','), types: [], skipLibCheck: false },
  }));
  node(`node_modules/${compiler}`, '-p', folder);
});

test('the examples of the pages are right by their types', () => {
  const files = pageSnippets.map(({ code }, index) => consume(`example-${index}.mts`, code.startsWith('import ') ? code : `
    import { ${Object.keys(source).join(', ')} } from 'dually';
    import type * as types from 'dually';
    declare const engine: types.Engine, p: types.Tensor, q: types.Tensor;
    declare const GPUBufferUsage: { readonly STORAGE: number; readonly COPY_DST: number }; // lib.dom has the rest of WebGPU
    ${code}
    export {};`));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    files,
    compilerOptions: { noEmit: true, strict: true, target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom', 'dom.asynciterable'], types: [], skipLibCheck: false },
  }));
  node('node_modules/typescript/bin/tsc', '-p', folder);
});

test('what the README shows and links is in the package', () => {
  const { stdout } = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--dry-run'], { encoding: 'utf8', shell: process.platform === 'win32' });
  const [{ files }] = JSON.parse(stdout) as [{ files: readonly { path: string }[] }];
  const packed = new Set(files.map(({ path }) => path));
  const linked = [...readFileSync('README.md', 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!);
  expect(linked).toContain('docs/page.png');
  expect(linked.filter((path) => !packed.has(path))).toEqual([]);
});

test('arethetypeswrong finds types at every entry, for modules', async () => {
  const { stdout } = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, packageFolder], { encoding: 'utf8', shell: process.platform === 'win32' });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const { problems } = await checkPackage(createPackageFromTarballData(readFileSync(join(folder, filename)))) as { problems: readonly Problem[] };
  const kept = problems.filter((problem) => !('resolutionKind' in problem) || /^(node16-esm|bundler)$/.test(problem.resolutionKind));
  expect(kept).toEqual([]);
  expect(problems.length).toBeGreaterThan(0); // what require() and Node 10 make of a package of modules
});

/** Prints which globals an import of the package changed, then a divergence that needs neither GPU nor `webgpu`. */
const visit = `
  const before = Object.getOwnPropertyDescriptors(globalThis);
  const { klDivergence, openEngine } = await import('dually');
  const after = Object.getOwnPropertyDescriptors(globalThis);
  const names = new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(after)]);
  const same = (name, part) => Object.is(before[name]?.[part], after[name]?.[part]);
  const changed = [...names].filter((name) => !same(name, 'value') || !same(name, 'get'));
  const engine = await openEngine();
  const [divergence] = await klDivergence(engine.rows([[0.5, 0.5]], { outcomes: 2 }), engine.rows([[0.25, 0.75]], { outcomes: 2 })).read();
  engine.dispose();
  console.log(JSON.stringify({ changed, backend: engine.info.backend, divergence }));
`;
const untouched = { changed: [], backend: 'cpu', divergence: Math.fround(0.5 * Math.log(4 / 3)) };

test('imports in Node without webgpu, changes no global, computes on the CPU and lets the process end', () => {
  expect(JSON.parse(node(consume('plain.mjs', visit)))).toEqual(untouched);
});

test('workers let the process end, even of an engine that is not disposed of', () => {
  const code = `
    import { klDivergence, openEngine } from 'dually';
    const engine = await openEngine({ backend: 'cpu' }, { pool: { workers: 1, startAfter: 0, worthwhile: 0 } });
    const rows = engine.rows(new Float32Array(1e6).fill(0.1), { outcomes: 10 });
    let divergence;
    do await (divergence = klDivergence(rows, rows)).read(); while (divergence.report.adapter === 'WebAssembly SIMD');
    console.log(divergence.report.adapter);
  `;
  expect(node(consume('pool.mjs', code)).trim()).toBe('WebAssembly SIMD, 2 threads');
});

test('the entry dually/cpu-worker is a worker', () => {
  const code = `
    import { Worker } from 'node:worker_threads';
    import { klDivergence, openEngine } from 'dually';
    const worker = () => new Worker(new URL(import.meta.resolve('dually/cpu-worker')));
    const engine = await openEngine({ backend: 'cpu', worker }, { pool: { workers: 1, startAfter: 0, worthwhile: 0 } });
    const rows = engine.rows(new Float32Array(1e6).fill(0.1), { outcomes: 10 });
    let divergence;
    do await (divergence = klDivergence(rows, rows)).read(); while (divergence.report.adapter === 'WebAssembly SIMD');
    console.log(divergence.report.adapter);
  `;
  expect(node(consume('own-worker.mjs', code)).trim()).toBe('WebAssembly SIMD, 2 threads');
});

test('an engine of dually/worker lives in dually/engine-worker, and lets the process end, disposed of or not', () => {
  const code = `
    import { Worker } from 'node:worker_threads';
    import { klDivergence, openEngine } from 'dually/worker';
    const worker = () => new Worker(new URL(import.meta.resolve('dually/engine-worker')));
    const engines = [await openEngine({ worker }), await openEngine({ backend: 'reference', worker })];
    const numbers = [];
    for (const engine of engines) {
      const rows = engine.rows([[0.5, 0.5], [0.25, 0.75]], { outcomes: 2 });
      numbers.push(...await klDivergence(rows, engine.rows([[0.25, 0.75]], { outcomes: 2 })).read());
    }
    engines[0].dispose();
    console.log(JSON.stringify({ adapters: engines.map(({ info }) => info.adapter), numbers }));
  `;
  const divergence = Math.fround(0.5 * Math.log(4 / 3));
  expect(JSON.parse(node(consume('engine-worker.mjs', code)))).toEqual({ adapters: ['CPU', 'CPU'], numbers: [divergence, 0, divergence, 0] });
});

test('imports in a worker thread', () => {
  consume('in-worker.mjs', visit);
  const host = "import { Worker } from 'node:worker_threads'; new Worker(new URL('in-worker.mjs', import.meta.url));";
  expect(JSON.parse(node(consume('worker.mjs', host)))).toEqual(untouched);
});

test('imports where a server renders: no navigator, no window, no document', () => {
  const host = `delete globalThis.navigator; delete globalThis.WebAssembly; delete globalThis.Worker; ${visit}`;
  expect(JSON.parse(node(consume('server.mjs', host)))).toEqual(untouched);
});

test.each(['dually', 'dually/webgpu'])('an import of %s asks for nothing and keeps nothing open', (entry) => {
  const code = `
    const asked = [];
    const trap = (name, value) => Object.defineProperty(globalThis, name, { configurable: true, get() { asked.push(name); return value; } });
    const names = ['document', 'window', 'self', 'localStorage', 'indexedDB', 'caches', 'crossOriginIsolated', 'Worker', 'MessageChannel', 'FinalizationRegistry', 'fetch', 'WebAssembly'];
    for (const name of names) trap(name, globalThis[name]);
    const any = (name) => (_, key) => { asked.push(name + ' ' + String(key)); };
    trap('navigator', new Proxy({}, { get: any('get'), has: any('has'), ownKeys: any('ownKeys'), getOwnPropertyDescriptor: any('describe') }));
    const before = process.getActiveResourcesInfo();
    const { openEngine, klDivergence } = await import('${entry}');
    const atImport = asked.splice(0);
    const after = process.getActiveResourcesInfo();
    await openEngine();
    console.log(JSON.stringify({ atImport, opened: after.filter((each) => !before.includes(each)), atOpening: asked.includes('navigator') }));
  `;
  expect(JSON.parse(node(consume('asks-nothing.mjs', code)))).toEqual({ atImport: [], opened: [], atOpening: true });
});

test('the entries for workers and their pages do nothing where there is no worker', () => {
  const code = `
    delete globalThis.navigator; delete globalThis.WebAssembly; delete globalThis.Worker;
    const before = Reflect.ownKeys(globalThis);
    const { openEngine } = await import('dually/worker');
    await import('dually/engine-worker');
    await import('dually/cpu-worker');
    const error = await openEngine({ worker: () => new Worker('') }).catch(({ code }) => code);
    console.log(JSON.stringify({ added: Reflect.ownKeys(globalThis).length - before.length, error }));
  `;
  expect(JSON.parse(node(consume('entries.mjs', code)))).toEqual({ added: 0, error: 'worker-lost' });
});

test('its minified shaders compute what the sources compute', async () => {
  const divergences = async (dually: Dually): Promise<number[]> => {
    const engine = await dually.openEngine({ backend: 'webgpu' });
    const p = engine.rows([[0.1, 0.2, 0.7]], { outcomes: 3 });
    const q = engine.rows(
      [
        [0.3, 0.3, 0.4],
        [0.6, 0.3, 0.1],
      ],
      { outcomes: 3 },
    );
    const values = await Promise.all(
      [-1, -0.5, 0, 1, 3].map((alpha) => dually.alphaDivergenceMatrix(p, q, { alpha }).read()),
    );
    const logits = engine.rows([[2, -1, 0]], { outcomes: 3, form: 'logits' });
    const mixed = await dually.klDivergence(q, logits, { temperature: 2, reduction: 'mean', weights: [1, 3] }).read();
    const ofLogits = await dually.jensenShannonDivergence(logits, logits, { weight: 0.3 }).read();
    const gradient = await dually.valueAndGradient(p, q, { divergence: dually.alphaDivergence, of: 'q', alpha: 0.3 }).read();
    const triangular = dually.defineFDivergence({
      name: 'triangular', term: ({ ratio, excess }) => excess.squared().over(ratio.plus(1)), atZero: 1, atInfinity: 1,
    });
    const own = await triangular(p, q).read();
    const fisher = await dually.fisherInformation(q, { coordinates: 'theta' }).read();
    const step = await dually
      .mirrorDescentStep(q, engine.values([[1, 2, 3]], { outcomes: 3 }), { stepSize: 0.1 })
      .read();
    engine.dispose();
    return [...values, mixed, ofLogits, gradient, own, fisher, step].flatMap((numbers) => [...numbers]);
  };
  const built: Dually = await import(/* @vite-ignore */ pathToFileURL(join(dist, 'index.js')).href);
  expect(await divergences(built)).toEqual(await divergences(await import('../src/index.ts')));
});

test('has no notes on records but those that a caller gives', async () => {
  const built: Dually = await import(/* @vite-ignore */ pathToFileURL(join(dist, 'index.js')).href);
  const notesOf = (of: { readonly operation: { readonly formula?: string; readonly source?: string } }): unknown[] => [of.operation.formula, of.operation.source];
  expect([notesOf(built.klDivergence), notesOf(built.hellingerDistance), notesOf(built.entropy)].flat()).toEqual(Array(6).fill(undefined));
  const own = built.defineFDivergence({ name: 'chi', term: ({ excess }) => excess.squared(), atZero: 1, atInfinity: Infinity, formula: 'Σ', source: 'here' });
  expect(notesOf(own)).toEqual(['Σ', 'here']);
  expect(readFileSync(join(dist, 'types.d.ts'), 'utf8').match(/\bformula: string/g)).toBe(null);
});

test('its errors say the names of their classes, whatever a minifier made of these', async () => {
  const built: Dually = await import(/* @vite-ignore */ pathToFileURL(join(dist, 'index.js')).href);
  const classes = Object.entries(built).filter((entry): entry is [string, typeof source.DomainError] => entry[0].endsWith('Error') && entry[0] !== 'DuallyError');
  expect(classes.length).toBe(9);
  for (const [name, Class] of classes) expect(String(new Class({ operation: 'x', expected: 'a', got: 'b', remedy: 'c.' }))).toBe(`${name}: x: expected a, got b. c.`);
});
