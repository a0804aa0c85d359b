import puppeteer, { type Browser, type LaunchOptions, type Page } from 'puppeteer';
import { chromeLaunch } from './machine.mjs';
import type { Message } from './message.ts';

/** The job ended with an error, after these results. */
export class JobError extends Error {
  override readonly name = 'JobError';
  readonly rows: readonly unknown[];

  constructor(message: string, rows: readonly unknown[]) {
    super(message);
    this.rows = rows;
  }
}

interface OpenPage {
  readonly browser: Browser;
  readonly page: Page;
}

/** Opens the page at `url` in a headless Chrome, which works there until it tells its report, and closes. */
export async function inHeadlessBrowser<Report>(
  url: string,
  onProgress: (part: string, done?: number, total?: number) => void,
  start: (url: string) => Promise<OpenPage> = launch,
): Promise<Report> {
  onProgress('starting a headless browser');
  const { browser, page } = await start(url);
  try {
    return await new Promise<Report>((resolve, reject) => {
      const rows: unknown[] = [];
      const hear = (message: Message<Report> | { readonly kind: 'row'; readonly row: unknown }): void => {
        if (message.kind === 'progress') onProgress(message.part, message.done, message.total);
        else if (message.kind === 'row') rows.push(message.row);
        else if (message.kind === 'report') resolve(message.report);
        else reject(new JobError(`The job failed in the browser. ${message.message}`, rows));
      };
      page.on('pageerror', (error) => reject(new Error('The page threw an error.', { cause: error })));
      page.on('response', (response) => {
        if (isModule(response.url()) && response.status() >= 400)
          reject(new Error(`The page could not load ${response.url()}.`));
      });
      page.on('error', (error) => reject(new Error('The page crashed.', { cause: error })));
      browser.on('disconnected', () => reject(new Error('The headless browser ended before the job did.')));
      page
        .exposeFunction('tellHost', hear)
        .then(() => page.goto(url, { waitUntil: 'domcontentloaded', timeout: 120_000 }))
        .catch(reject);
    });
  } finally {
    await browser.close();
  }
}

/** Whether an address is of a script or of what a script imports: the page does not throw when it cannot be loaded. */
function isModule(url: string): boolean {
  return /\.(ts|m?js|wgsl|json)$/.test(new URL(url).pathname); // Firefox does not tell what a request is for
}

/** A browser on this machine's GPU; where that offers no adapter, on the software adapter that every Chrome brings. */
async function launch(url: string): Promise<OpenPage> {
  const first = await openBrowser(chromeLaunch('hardware'));
  if (await hasAdapter(first.page, url)) return first;
  await first.browser.close();
  return openBrowser(chromeLaunch('software'));
}

export async function openBrowser(options: LaunchOptions): Promise<OpenPage> {
  const browser = await puppeteer.launch(options);
  return { browser, page: await browser.newPage() };
}

async function hasAdapter(page: Page, url: string): Promise<boolean> {
  await page.goto(new URL('style.css', url).href); // any document of a secure origin has navigator.gpu
  return page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
}
