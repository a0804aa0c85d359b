// The main job: `npm start` runs it in a headless browser, prints what it found and serves the page.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createPageServer, runCommand, UsageError } from '../host/page-server.mjs';

const HELP = `npm start -- [options]

Computes with the library on the texts of the State of the Union addresses, in a headless Chrome with WebGPU;
checks every result against the CPU reference; prints the table and what it found; then serves the page.

  --once      exit after the table; the exit code is 1 if a certificate fails
  --port N    serve at this port (default: 5173, or the next free one)
  --help      print this

CHROME_PATH=FILE names the Chrome to use.`;

function parse(args) {
  const options = { once: { type: 'boolean' }, port: { type: 'string' }, help: { type: 'boolean' } };
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new UsageError(`--port takes a number from 1 to 65535, not '${String(values.port)}'.`);
  }
  return { ...values, port };
}

/** The server of the page. `answers` has what is not a file. */
function createServer(port, answers) {
  const app = dirname(fileURLToPath(import.meta.url));
  return createPageServer(app, {
    server: { port, strictPort: port !== undefined, fs: { allow: [join(app, '..')] } },
    optimizeDeps: { include: ['ml-matrix', 'wgpu-matrix'] },
    plugins: [{ name: 'job-data', configureServer: ({ middlewares }) => void middlewares.use(answering(answers)) }],
  });
}

/** Answers each address of `answers` with what its function returns: bytes as they are, anything else as JSON. */
function answering(answers) {
  return (request, response, next) => {
    const answer = answers[request.url.split('?')[0]];
    if (!answer) return next();
    const body = answer();
    const isBytes = ArrayBuffer.isView(body);
    response.setHeader('Content-Type', isBytes ? 'application/octet-stream' : 'application/json');
    response.end(isBytes ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength) : JSON.stringify(body));
  };
}

async function listen(server) {
  try {
    await server.listen();
  } catch (error) {
    throw new UsageError(error.message); // the port is taken, or not for everyone
  }
  return server.resolvedUrls.local[0];
}

async function main(args) {
  const options = parse(args);
  if (options.help) return console.log(HELP);
  const data = { corpus: undefined, report: null };
  const server = await createServer(options.port, {
    '/data/corpus.json': () => ({ ...data.corpus, counts: undefined }),
    '/data/counts.bin': () => data.corpus.counts,
    '/data/report.json': () => data.report,
  });
  let stays = false;
  try {
    // Vite compiles the TypeScript, for the browser and for this program alike.
    const { corpusOfAddresses, runAndPrint } = await server.ssrLoadModule('/host.ts');
    data.corpus = corpusOfAddresses();
    const url = await listen(server);
    const { report, passed } = await runAndPrint(url);
    data.report = report;
    if (!passed) process.exitCode = 1;
    stays = !options.once;
    if (stays) console.log(`\nThe page is at ${url} (Ctrl-C ends it).`);
  } finally {
    if (!stays) await server.close();
  }
}

await runCommand('npm start', main);
