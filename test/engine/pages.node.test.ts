/** The library as built, in pages of their own: with what their headers allow, and without. */
import { rmSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemblyScript } from '../../host/assembly.mjs';
import { chromeLaunch, firefoxLaunch } from '../../host/machine.mjs';
import { scripts } from '../../host/scripts.mjs';
import type { Embedding, embeddings } from './embedding.ts';
import { randomRows } from './random-rows.ts';

const folder = join(tmpdir(), `dually-pages-${process.pid}`);
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Headers of each page, by its path. */
const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/isolated': isolated,
  '/plain': {},
  '/no-blobs': { ...isolated, 'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'" },
  '/no-workers': { 'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'" },
  '/strict': { 'Content-Security-Policy': "default-src 'self'" },
  '/no-wasm': { ...isolated, 'Content-Security-Policy': "script-src 'self'; worker-src 'self' blob:" },
};

let server: Server;
let origin: string;

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await build({
    configFile: false, logLevel: 'warn', plugins: [assemblyScript(), scripts()],
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', lib: { entry: { page: 'test/engine/page-entry.ts', worker: 'src/cpu-worker.ts', 'engine-worker': 'test/engine/engine-worker.ts' }, formats: ['es'] } },
  });
  server = createServer((request, response) => {
    const [path, of] = request.url!.split('?') as [string, string?]; // a worker has the policy that comes with its own code
    const headers = pages[of ?? path] ?? { 'Cross-Origin-Embedder-Policy': 'require-corp' }; // as a worker of an isolated page must say
    if (path === '/rows.f32') {
      response.writeHead(200, headers);
      sendInPieces(Buffer.from(randomRows(300, 20, 1).buffer), response);
    } else if (path in pages) response.writeHead(200, { ...headers, 'Content-Type': 'text/html' }).end('<!doctype html><script type="module" src="/page.js"></script>');
    else readFile(join(folder, path)).then((code) => response.writeHead(200, { ...headers, 'Content-Type': 'text/javascript' }).end(code), () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Pieces that end amid rows and numbers, as a network may cut them. */
function sendInPieces(bytes: Buffer, response: ServerResponse): void {
  if (bytes.length === 0) response.end();
  else response.write(bytes.subarray(0, 4999), () => setImmediate(sendInPieces, bytes.subarray(4999), response));
}

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

  describe.each(['/plain', '/strict'])('%s', (path) => {
    const work: readonly (keyof typeof embeddings)[] = ['onPage', 'fetched', 'sideBySide', 'inWorker'];
    test.each(work.flatMap((name) => (['webgpu', 'cpu'] as const).map((backend) => [name, backend] as const)))('%s with %s', async (name, backend) => {
      const page = await browser.newPage();
      await page.goto(origin + path);
      const { places, worst, violations } = await page.evaluate(
        (call, where) => (globalThis as unknown as Record<string, (backend: string) => Promise<Embedding>>)[call]!(where), name, backend,
      );
      await page.close();
      const onCpu = name === 'fetched' || name === 'sideBySide' ? 'cpu' : path === '/strict' ? 'cpu CPU' : 'cpu WebAssembly SIMD';
      const place = backend === 'cpu' ? onCpu : backend;
      expect(new Set(places)).toEqual(new Set(name === 'sideBySide' ? ['webgpu', place] : [place]));
      expect(worst).toBeLessThan(1e-6);
      // The CPU asks for WebAssembly and goes on without; nothing else is tried that a strict policy forbids.
      if (backend === 'webgpu' || path === '/plain') expect(violations).toEqual([]);
      for (const violation of violations) expect(violation).toMatch(/^script-src\b.* wasm-eval$/);
    });
  });
});
