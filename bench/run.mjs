// `npm run bench`: times every operation in a headless browser and prints the table; or serves the page.
import { accessSync, constants } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';

const HELP = `npm run bench -- [options]

Times every operation of the library on WebGPU, in a headless Chrome, and on the CPU reference, against what the same
GPU reaches in the same run when it only reads and when it only multiplies and adds.

  --quick      small shapes and 3 rounds, instead of all shapes and 7 rounds
  --only NAME  this operation alone; may be given several times
  --json FILE  also write all figures to FILE
  --serve      serve the page, to run it in any browser
  --help       print this

The exit code is 1 if something failed or a result was not within its tolerance.
CHROME_PATH=FILE names the Chrome to use.`;

/** A mistake in the command, not in the program: told without a stack. */
class UsageError extends Error {}

function parse(args) {
  const options = {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    serve: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (values.json !== undefined) assertWritable(values.json);
  return values;
}

/** Told before the minutes that the figures take. */
function assertWritable(file) {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--json ${file}: nothing can be written to ${folder} (${error.code}).`);
  }
}

/** A server of the page, for this machine alone. */
function createPageServer() {
  return createServer({
    root: join(dirname(fileURLToPath(import.meta.url)), '..'),
    configFile: false,
    logLevel: 'warn',
    // Cross-origin isolation makes the clock 20 times finer. Nothing reloads while times are taken.
    server: {
      host: '127.0.0.1',
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
      hmr: false,
      watch: null,
    },
    optimizeDeps: { noDiscovery: true },
  });
}

function assertKnown(names, { unknownNames, knownNames }) {
  const unknown = unknownNames(names);
  if (unknown.length === 0) return;
  throw new UsageError(
    `--only ${unknown.join(' --only ')}: there is no such operation. There are ${knownNames().join(', ')}.`,
  );
}

async function main(args) {
  const { quick, only, json, serve, help } = parse(args);
  if (help) return console.log(HELP);
  const server = await createPageServer();
  let stays = false;
  try {
    const host = await server.ssrLoadModule('/bench/host.ts'); // Vite compiles it, for the browser and for this program alike
    assertKnown(only, host);
    await server.listen();
    const page = new URL('bench/', server.resolvedUrls.local[0]);
    for (const name of only) page.searchParams.append('only', name);
    stays = serve;
    if (serve) return console.log(`The page is at ${page} (Ctrl-C ends it).`);
    page.searchParams.set('run', '');
    if (quick) page.searchParams.set('quick', '');
    if (!(await host.runAndPrint(page.href, json))) process.exitCode = 1;
  } finally {
    if (!stays) await server.close();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  const isOfTheJob = error.name === 'JobError';
  console.error(`npm run bench: ${isUsage || isOfTheJob ? error.message : error.stack}`);
  if (error.cause) console.error(error.cause);
  if (isUsage) console.error('npm run bench -- --help lists the options.');
  process.exitCode = isUsage ? 2 : 1;
}
