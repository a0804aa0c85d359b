// Whether a browser is of use: it starts, and it has a WebGPU adapter.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** What is wrong with the browser that these launch options start, or undefined. */
export async function adapterProblem(launchOptions) {
  const { default: puppeteer } = await import('puppeteer'); // not there before the packages are
  const server = createServer((_, response) => response.end('an origin that counts as secure')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  let browser;
  try {
    browser = await puppeteer.launch({ ...launchOptions, timeout: 60_000 });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await page.evaluate(requestAdapter);
  } catch (error) {
    const lines = error.message.split('\n');
    return `does not start: ${lines.find((line) => /error|cannot/i.test(line)) ?? lines[0]}`;
  } finally {
    await browser?.close().catch(() => {}); // it may have crashed
    server.closeAllConnections();
    server.close();
  }
}

/** Runs in the page. */
async function requestAdapter() {
  if (!navigator.gpu) return 'has no WebGPU';
  try {
    return (await navigator.gpu.requestAdapter()) ? undefined : 'has no WebGPU adapter';
  } catch (error) {
    return error.message;
  }
}
