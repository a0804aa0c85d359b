// `npm run bench`: times every operation in a headless browser and prints the table; or serves the page.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages, packagesMatchLock } from '../host/packages.mjs';
import { assertWritable, createPageServer, runCommand, UsageError } from '../host/page-server.mjs';

const HELP = `npm run bench -- [options]

Times every operation of the library on WebGPU, in a headless Chrome, and on the CPU reference, against what the same
GPU reaches in the same run when it only reads and when it only multiplies and adds.

  --quick      small shapes and 3 rounds, instead of all shapes and 7 rounds
  --only NAME  this operation alone; may be given several times
  --json FILE  also write all figures to FILE
  --peers      also time the same work on tfjs, jax-js and onnxruntime-web, which are installed in bench/peers first
  --check      only what it costs to check samples of the results, as a share of the runs: is that within 5 %?
  --cpu        with --peers: only their work and only on the CPU, from Float32Array to Float32Array
  --soak       instead run 100,000 operations in Chrome and in Firefox, and see whether memory stays flat
  --auto       only this: an engine that chooses between WebGPU and the CPU, beside engines that are told
  --serve      serve the page, to run it in any browser
  --help       print this

The exit code is 1 if something failed or a result was not within its tolerance.
CHROME_PATH=FILE names the Chrome to use.`;

function parse(args) {
  const options = {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    peers: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    cpu: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    auto: { type: 'boolean', default: false },
    serve: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (values.cpu && !values.peers) throw new UsageError('--cpu goes with --peers.');
  if (values.auto && (values.peers || values.quick || values.serve || values.only.length > 0))
    throw new UsageError('--auto goes with --json alone.');
  if (values.json !== undefined) assertWritable('--json', values.json);
  return values;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const peerFolder = join(root, 'bench', 'peers');

/** The server of the page. Cross-origin isolation makes the clock 20 times finer. */
function createServer(peers) {
  return createPageServer(root, {
    server: {
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
    ...(peers ? withPeers : { optimizeDeps: { noDiscovery: true } }),
  });
}

/**
 * Packages of other libraries are found before the page asks for them; the one with modules of its own stays as it is.
 */
const withPeers = {
  cacheDir: join(peerFolder, 'node_modules', '.vite'),
  optimizeDeps: { entries: ['bench/peers/libraries/*.ts'], exclude: ['onnxruntime-web'] },
};

function installPeers() {
  if (!packagesMatchLock(peerFolder)) installPackages(peerFolder, ['--ignore-scripts']);
}

function assertKnown(names, { unknownNames, knownNames }) {
  const unknown = unknownNames(names);
  if (unknown.length === 0) return;
  throw new UsageError(
    `--only ${unknown.join(' --only ')}: there is no such operation. There are ${knownNames().join(', ')}.`,
  );
}

async function main(args) {
  const { quick, only, json, peers, check, cpu, soak, auto, serve, help } = parse(args);
  if (help) return console.log(HELP);
  if (peers) installPeers();
  const server = await createServer(peers);
  let stays = false;
  try {
    // Vite compiles it, for the browser and for this program alike
    const host = await server.ssrLoadModule('/bench/host.ts');
    assertKnown(only, host);
    await server.listen();
    const page = new URL('bench/', server.resolvedUrls.local[0]);
    for (const name of only) page.searchParams.append('only', name);
    if (peers) page.searchParams.set('peers', '');
    if (check) page.searchParams.set('check', '');
    if (cpu) page.searchParams.set('cpu', '');
    stays = serve;
    if (serve) return console.log(`The page is at ${page} (Ctrl-C ends it).`);
    if (soak) {
      const { soakAndPrint } = await server.ssrLoadModule('/bench/soak-host.ts');
      page.searchParams.set('soak', '');
      if (!(await soakAndPrint(page.href))) process.exitCode = 1;
      return;
    }
    page.searchParams.set('run', '');
    if (quick) page.searchParams.set('quick', '');
    if (auto) page.searchParams.set('auto', '');
    if (!(await (auto ? host.runAutoAndPrint : host.runAndPrint)(page.href, json))) process.exitCode = 1;
  } finally {
    if (!stays) await server.close();
  }
}

await runCommand('npm run bench', main);
