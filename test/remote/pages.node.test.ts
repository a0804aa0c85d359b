/** Engines in workers, in pages with what their headers allow. */
import { rmSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemblyScript } from '../../host/assembly.mjs';
import { chromeLaunch, firefoxLaunch } from '../../host/machine.mjs';
import { scripts } from '../../host/scripts.mjs';
import type { Visit } from './page-entry.ts';

const folder = join(tmpdir(), `dually-worker-pages-${process.pid}`);

/** Headers of each page and of the worker that it opens, by its path. */
const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/plain': {},
  '/isolated': { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  '/strict': { 'Content-Security-Policy': "default-src 'none'; script-src 'self'; worker-src 'self'" },
  '/no-workers': { 'Content-Security-Policy': "script-src 'self'; worker-src 'none'" },
};

let server: Server;
let origin: string;
let headers: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await build({
    configFile: false, logLevel: 'warn', plugins: [assemblyScript(), scripts()],
    build: {
      outDir: folder, emptyOutDir: true, target: 'es2022',
      lib: { entry: { page: 'test/remote/page-entry.ts', 'engine-worker': 'src/engine-worker.ts' }, formats: ['es'] },
    },
  });
  server = createServer((request, response) => {
    const path = request.url!;
    headers = pages[path] ?? headers; // tests visit one page after the other
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

describe.each([['Chrome', chromeLaunch()], ['Firefox', firefoxLaunch()]] as const)('%s', (_, launch) => {
  let browser: Browser;
  beforeAll(async () => { browser = await puppeteer.launch(launch); });
  afterAll(() => browser.close());

  async function pageAt(path: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(origin + path);
    return page;
  }

  test.each([
    ['/plain', false, /^WebAssembly SIMD/],
    ['/isolated', true, /^WebAssembly SIMD/],
    ['/strict', false, /^CPU$/], // without WebAssembly
  ])('%s: draws its frames while the worker computes', async (path, isolated, adapter) => {
    const page = await pageAt(path);
    const seen = await page.evaluate((rows) => (globalThis as unknown as { visit(rows: number): Promise<Visit> }).visit(rows), 4096);
    await page.close();
    expect(seen).toMatchObject({ isolated, backend: 'cpu', adapter: expect.stringMatching(adapter) as string, divergence: Math.fround(0.5 * Math.log(4 / 3)) });
    expect(seen.wait).toBeLessThanOrEqual(0.3); // a page that computed by itself without a pause would draw none until the end
  });

  test.each([['/no-workers', '/engine-worker.js'], ['/plain', '/nowhere.js']])('%s with the worker %s gets an error', async (path, address) => {
    const page = await pageAt(path);
    expect(await page.evaluate((url) => (globalThis as unknown as { fail(url: string): Promise<string> }).fail(url), address)).toBe('worker-lost');
    await page.close();
  });
});
