// `npm run consumers`: packs the package and tries it in the projects of those who use it, with and without the
// optional peer.
// What a bundler, a compiler or a page says is a fault, as is a wrong number. Arguments choose consumers by parts of
// their names.
import puppeteer from 'puppeteer';
import { chromeLaunch, firefoxLaunch } from '../host/machine.mjs';
import { bundlers } from './bundlers.mjs';
import { cleanUp, pack } from './harness.mjs';
import { next } from './next.mjs';
import { page } from './page.mjs';
import { runtimes } from './runtimes.mjs';
import { types } from './types.mjs';

const wanted = process.argv.slice(2);
const start = Date.now();
const counts = { passed: 0, failed: 0 };

/** Lines of minified code are long. */
const excerpt = (text) =>
  text
    .split('\n')
    .slice(0, 40)
    .map((line) => line.slice(0, 300))
    .join('\n');

/** Tries one thing, and tells. */
async function attempt(name, work) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  const began = Date.now();
  const [outcome, said] = await work().then(
    (told) => ['passed', told],
    (error) => ['failed', excerpt(error.message)],
  );
  counts[outcome]++;
  console.log(
    `${outcome}  ${name.padEnd(44)} ${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${said ?? ''}`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    cleanUp();
    process.exit(130);
  });
const chrome = await puppeteer.launch(chromeLaunch());
const firefox = await puppeteer.launch(firefoxLaunch());
try {
  const packed = await pack();
  const pages = async () => {
    await bundlers(attempt, chrome, packed);
    await page(attempt, { chrome, firefox }, packed);
  };
  const others = async () => {
    await next(attempt, chrome, packed);
    await runtimes(attempt, packed);
    await types(attempt, packed);
  };
  await Promise.all([pages(), others()]); // two cores have enough to do with these
} catch (error) {
  counts.failed++;
  console.log(`failed  set-up: ${excerpt(error.message)}`);
} finally {
  await Promise.all([chrome.close(), firefox.close()]);
  cleanUp();
}
console.log(`consumers took ${Math.round((Date.now() - start) / 1000)} s`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
