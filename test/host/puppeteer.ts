/** A Vitest browser provider that drives puppeteer: Chrome over CDP, Firefox over WebDriver BiDi. */
import { defineBrowserProvider } from '@vitest/browser';
import type { Browser, LaunchOptions, Page } from 'puppeteer';
import type { BrowserProvider, BrowserProviderOption } from 'vitest/node';

class PuppeteerProvider implements BrowserProvider {
  readonly name = 'puppeteer';
  readonly supportsParallelism = false; // one GPU, one page: files run one after another
  readonly #launch: LaunchOptions;
  readonly #pages = new Map<string, Page>();
  #browser: Promise<Browser> | undefined;
  #closed = false;

  constructor(launch: LaunchOptions) {
    this.#launch = launch;
  }

  getCommandsContext(sessionId: string): { page: Page } {
    const page = this.#pages.get(sessionId);
    if (!page) throw new Error(`no page is open for session ${sessionId}`);
    return { page };
  }

  async openPage(sessionId: string, url: string): Promise<void> {
    this.#browser ??= import('puppeteer').then(({ default: puppeteer }) => puppeteer.launch(this.#launch));
    const browser = await this.#browser;
    if (this.#closed) throw new Error('the browser was closed');
    await this.#pages.get(sessionId)?.close();
    const page = await browser.newPage();
    this.#pages.set(sessionId, page);
    await page.goto(url, { timeout: 0, waitUntil: 'domcontentloaded' });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const browser = await this.#browser?.catch(() => undefined); // a failed launch was already reported by openPage
    this.#pages.clear();
    await browser?.close();
  }
}

export function puppeteerProvider(launch: LaunchOptions): BrowserProviderOption {
  return defineBrowserProvider({
    name: 'puppeteer',
    supportedBrowser: ['chrome', 'firefox'],
    options: launch,
    providerFactory: () => new PuppeteerProvider(launch),
  });
}
