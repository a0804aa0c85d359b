/** The library as built, in pages of their own: with what their headers allow, and without. */
import { rmSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemblyScript } from '../host/assembly.mjs';
import { chromeLaunch, firefoxLaunch } from '../host/machine.mjs';
import { scripts } from '../host/scripts.mjs';

const folder = join(tmpdir(), `dually-pages-${process.pid}`);
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Headers of each page, by its path. */
const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/isolated': isolated,
  '/plain': {},
  '/no-blobs': { ...isolated, 'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'" },
  '/no-workers': { 'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'" },
  '/no-wasm': { ...isolated, 'Content-Security-Policy': "script-src 'self'; worker-src 'self' blob:" },
};

let server: Server;
let origin: string;

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await build({
    configFile: false, logLevel: 'warn', plugins: [assemblyScript(), scripts()],
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', lib: { entry: { page: 'test/engine/page-entry.ts', worker: 'src/cpu-worker.ts' }, formats: ['es'] }, rolldownOptions: { external: ['webgpu'] } },
  });
  server = createServer((request, response) => {
    const path = request.url!;
    const headers = pages[path] ?? { 'Cross-Origin-Embedder-Policy': 'require-corp' }; // as a worker of an isolated page must say
    if (path in pages) response.writeHead(200, { ...headers, 'Content-Type': 'text/html' }).end('<!doctype html><script type="module" src="/page.js"></script>');
    else readFile(join(folder, path)).then((code) => response.writeHead(200, { ...headers, 'Content-Type': 'text/javascript' }).end(code), () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Visit {
  readonly isolated: boolean;
  readonly adapter: string;
  readonly differences: number;
}

describe.each([['Chrome', chromeLaunch()], ['Firefox', firefoxLaunch()]] as const)('%s', (_, launch) => {
  let browser: Browser;
  beforeAll(async () => { browser = await puppeteer.launch(launch); });
  afterAll(() => browser.close());

  test.each([
    ['/isolated', '', true, /^WebAssembly SIMD, 2 threads$/],
    ['/plain', '', false, /^WebAssembly SIMD, 2 threads$/],
    ['/no-blobs', '', true, /^WebAssembly SIMD, one thread, since workers fail: ./],
    ['/no-blobs', '/worker.js', true, /^WebAssembly SIMD, 2 threads$/],
    ['/no-workers', '', false, /^WebAssembly SIMD, one thread, since workers fail: ./],
    ['/no-wasm', '', true, /^CPU$/],
  ])('%s with worker %j', async (path, worker, isIsolated, adapter) => {
    const page = await browser.newPage();
    await page.goto(origin + path);
    const visit = await page.evaluate((url, pattern) => (globalThis as unknown as { visit(url: string, pattern: string): Promise<Visit> }).visit(url, pattern), worker, adapter.source);
    await page.close();
    expect(visit).toEqual({ isolated: isIsolated, adapter: expect.stringMatching(adapter) as string, differences: 0 });
  });
});
