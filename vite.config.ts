import type { LaunchOptions, Page } from 'puppeteer';
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';
import type { BrowserCommand } from 'vitest/node';
import { recordNotes } from './build/record-notes.ts';
import { minify, singleFiles } from './build/single-files.ts';
import { assemblyScript } from './host/assembly.mjs';
import { chromeLaunch, dawnEnvironment, firefoxLaunch } from './host/machine.mjs';
import { wgslMinifier } from './host/plugins.ts';
import { puppeteerProvider } from './test/host/puppeteer.ts';
import { HostReporter } from './test/host/reporter.ts';
import { TimeReporter } from './test/host/times.ts';
import { scripts } from './host/scripts.mjs';

Object.assign(process.env, dawnEnvironment()); // before Vitest forks, since loaders read it when a process starts

const crashGpu: BrowserCommand<[]> = async (context) => {
  const { page } = context as unknown as { page: Page };
  const cdp = await page.browser().target().createCDPSession();
  await cdp.send('Browser.crashGpuProcess');
};

const only = (host: string): string => `test/**/*.${host}.test.ts`;

const node: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'node',
    exclude: [only('chrome'), only('browser')],
    setupFiles: ['test/host/dawn.ts', 'test/host/adapter.ts'],
  },
};

function inBrowser(
  name: 'chrome' | 'firefox',
  launch: LaunchOptions,
  exclude: string[],
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      exclude,
      setupFiles: ['test/host/adapter.ts'],
      browser: {
        enabled: true,
        headless: true,
        ui: false,
        screenshotFailures: false,
        commands: { crashGpu },
        provider: puppeteerProvider(launch),
        instances: [{ browser: name, name }],
      },
    },
  };
}

/** Files of the package that import nothing. */
const single = {
  'cpu-worker.js': 'src/cpu-worker.ts',
  'engine-worker.min.js': 'src/engine-worker.ts',
  'dually.min.js': 'src/index.ts',
  'dually-webgpu.min.js': 'src/webgpu.ts',
  'dually-worker.min.js': 'src/worker.ts',
};

const config: ViteUserConfig = defineConfig({
  plugins: [wgslMinifier(), recordNotes(), assemblyScript(), scripts(), singleFiles(single)],
  // What is found only while tests run reloads the page under them.
  optimizeDeps: { include: ['apache-arrow', 'fast-check', 'ml-matrix'] },
  server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  build: {
    target: 'es2022',
    minify: false, // replaced below: for a library in ESM this option leaves the white space
    lib: {
      entry: {
        index: 'src/index.ts',
        webgpu: 'src/webgpu.ts',
        worker: 'src/worker.ts',
        'engine-worker': 'src/engine-worker.ts',
      },
      formats: ['es'],
    },
    rolldownOptions: {
      external: ['#dawn'], // resolved where the package is used
      output: {
        preserveModules: true, // so that a bundler leaves out every operation that is not imported
        preserveModulesRoot: 'src',
        entryFileNames: '[name].js',
        minify,
      },
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } }, // what is waited for comes, however busy the machine is
    isolate: false, // a fresh page costs 0.5 s a file in Chrome and 1.5 s in Firefox
    reporters: [new TimeReporter(), 'default', new HostReporter()],
    projects: [
      node,
      inBrowser('chrome', chromeLaunch(), [only('node')]),
      inBrowser('firefox', firefoxLaunch(), [only('node'), only('chrome')]),
    ],
  },
});
export default config;
