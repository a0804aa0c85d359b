/** examples/import-map.html, with the files beside it and with those of another origin, as a CDN is one. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage, dist } from './built-package.ts';
import { chromeLaunch, firefoxLaunch } from '../host/machine.mjs';

const page = readFileSync('examples/import-map.html', 'utf8');
const servers: Server[] = [];

/** A server of the page, and of the files of dist/ to any origin; its address. */
async function serve(html: string): Promise<string> {
  const server = createServer(({ url }, response) => {
    if (url === '/examples/import-map.html') response.writeHead(200, { 'Content-Type': 'text/html' }).end(html);
    else response.writeHead(200, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' }).end(readFileSync(join(dist, url!.replace('/dist/', ''))));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const origins: Record<string, string> = {};
beforeAll(async () => {
  buildPackage();
  origins.beside = await serve(page);
  origins.elsewhere = await serve(page.replaceAll('../dist/', `${origins.beside}/dist/`));
});
afterAll(() => { for (const server of servers) server.close(); });

describe.each([['Chrome', chromeLaunch()], ['Firefox', firefoxLaunch()]] as const)('%s', (_, launch) => {
  let browser: Browser;
  beforeAll(async () => { browser = await puppeteer.launch(launch); });
  afterAll(() => browser.close());

  test.each(['beside', 'elsewhere'])('files %s', async (where) => {
    const tab = await browser.newPage();
    const heard: string[] = [];
    tab.on('console', (message) => heard.push(message.text())).on('pageerror', (error) => heard.push(String(error)));
    await tab.goto(`${origins[where]}/examples/import-map.html`);
    const shown = (): Promise<string[]> => tab.$$eval('output', (outputs) => outputs.map(({ value }) => value));
    await expect.poll(async () => (heard.length > 0 ? heard : shown())).toEqual(['0.2180, 0.1927', '0.2180, 0.1927']);
    expect(heard).toEqual([]);
    await tab.close();
  });
});
