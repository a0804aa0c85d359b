/** What bundlers make of the package, and what that costs a page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, expect, test } from 'vitest';
import { buildPackage, consume, dist, folder } from './built-package.ts';
import { compileAssembly } from '../host/assembly.mjs';

/** Bytes, minified and gzipped, of a bundle that imports klDivergence and openEngine alone. */
const bundleLimits = { 'dually/webgpu': 55_900, dually: 90_000 };

/** The same of dually/worker, where the engine is in the worker. */
const WORKER_PAGE_LIMIT = 35_000;

/** The same of all that dually has. */
const WHOLE_LIMIT = 152_300;

/** Bytes of the WebAssembly module. */
const MODULE_LIMIT = 56 * 1024;

beforeAll(buildPackage);

async function bundle(code: string): Promise<string> {
  const input = consume('entry.js', code);
  const result = await build({ root: folder, configFile: false, logLevel: 'silent', build: { write: false, minify: true, rolldownOptions: { input } } });
  const { output } = result as Rolldown.RolldownOutput;
  return output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
}

test.each(Object.entries(bundleLimits))('one divergence of %s costs a page at most %i bytes', async (entry, limit) => {
  const code = await bundle(
    `import { klDivergence, openEngine } from '${entry}'; globalThis.used = [klDivergence, openEngine];`,
  );
  const bytes = gzipSync(code).length;
  console.log(`klDivergence and openEngine of ${entry}: ${code.length} bytes, ${bytes} gzipped`);
  expect(code).toContain('used');
  expect(code.match(/\bimport\s*[({"'`]|\brequire\(/g)).toBe(null); // Dawn is for Node alone
  expect(bytes).toBeLessThan(limit);
  const ofCpu = /WebAssembly\.|\bWorker\b|new SharedArrayBuffer|3}:}L}F/g;
  expect(new Set(code.match(ofCpu)).size).toBe(entry === 'dually' ? 4 : 0);
});

test('a page of dually/worker has what describes an operation, and nothing that runs one', async () => {
  const code = await bundle("import { klDivergence, openEngine } from 'dually/worker'; globalThis.used = [klDivergence, openEngine];");
  const bytes = gzipSync(code).length;
  console.log(`klDivergence and openEngine of dually/worker: ${code.length} bytes, ${bytes} gzipped`);
  expect(code).toContain('used');
  expect(bytes).toBeLessThan(WORKER_PAGE_LIMIT);
  expect(code).not.toMatch(/WebAssembly\.|3}:}L}F|requestAdapter|createComputePipeline|createShaderModule|new Worker\b/);
});

test(`all of dually costs a page at most ${WHOLE_LIMIT} bytes`, () => {
  const code = readFileSync(join(dist, 'dually.min.js'));
  const bytes = gzipSync(code).length;
  console.log(`all of dually: ${code.length} bytes, ${bytes} gzipped`);
  expect(bytes).toBeLessThan(WHOLE_LIMIT);
});

test('a bundler keeps the worker of an engine', async () => {
  const code = await bundle("import 'dually/engine-worker';");
  console.log(`dually/engine-worker: ${code.length} bytes, ${gzipSync(code).length} gzipped`);
  expect(code).toMatch(/requestAdapter/);
  expect(code).toMatch(/DedicatedWorkerGlobalScope/);
});

test('a bundler finds the workers by the expression of the documentation', async () => {
  const input = consume('makes-workers.js', `
    globalThis.workers = [
      () => new Worker(new URL('dually/engine-worker', import.meta.url), { type: 'module' }),
      () => new Worker(new URL('dually/cpu-worker', import.meta.url), { type: 'module' }),
    ];
  `);
  const { output } = (await build({
    root: folder, configFile: false, logLevel: 'silent', build: { write: false, minify: true, rolldownOptions: { input } },
  })) as Rolldown.RolldownOutput;
  const assets = output.filter(({ fileName }) => /worker/.test(fileName) && !/makes/.test(fileName)).map((file) => ('source' in file ? String(file.source) : file.code));
  expect(assets.length).toBe(2);
  for (const code of assets) expect(code).toContain('postMessage');
  expect(assets.filter((code) => code.includes('requestAdapter')).length).toBe(1);
});

test('a bundler keeps the worker of the CPU, which is all that it does', async () => {
  const code = await bundle("import 'dually/cpu-worker';");
  expect(code).toContain('postMessage');
  expect(code.length).toBeLessThan(8000);
});

test(`the WebAssembly module has at most ${MODULE_LIMIT} bytes`, async () => {
  const { length } = await compileAssembly();
  console.log(`the WebAssembly module: ${length} bytes`);
  expect(length).toBeLessThanOrEqual(MODULE_LIMIT);
});

test.each(['dually', 'dually/webgpu', 'dually/worker'])('an import of %s that is not used costs nothing', async (entry) => {
  expect((await bundle(`import '${entry}'; import { klDivergence } from '${entry}';`)).trim()).toBe('');
});
