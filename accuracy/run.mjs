// `npm run accuracy`: measures the errors in every host, prints the tables, and writes the page with its plots.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { assertWritable, createPageServer, runCommand, UsageError } from '../host/page-server.mjs';

const HELP = `npm run accuracy -- [options]

Runs all golden cases and a dense sweep of the α-divergence (α from −3 to 3, distances from 1e-7 to 1, 2 to 131,072
outcomes, probabilities and logits; all pairs, masked logits and masses of 2⁻⁹⁸ to 2⁹⁸ besides, on the GPU and the CPU)
in Chromium, Firefox and Node, and the golden cases with the f64 references;
prints the worst and mean errors beside those of a naive f32 kernel; and writes docs/accuracy.md with its plots.

  --quick       a small sweep, which prints and writes no page
  --docs FOLDER write the page to FOLDER instead of docs, also of a small sweep
  --json FILE   also write all figures to FILE
  --help        print this

The exit code is 1 if a host gave no report or a result was not within its tolerance.
CHROME_PATH=FILE and FIREFOX_PATH=FILE name the browsers to use; DUALLY_ADAPTER=hardware takes the real GPU.`;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function parse(args) {
  const options = {
    quick: { type: 'boolean', default: false },
    docs: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  };
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (values.json !== undefined) assertWritable('--json', values.json);
  if (values.docs !== undefined) assertWritable('--docs', join(values.docs, '.'));
  return {
    ...values,
    docs: values.docs === undefined ? (values.quick ? undefined : join(root, 'docs')) : resolve(values.docs),
  };
}

async function main(args) {
  const { quick, docs, json, help } = parse(args);
  if (help) return console.log(HELP);
  const server = await createPageServer(root, { optimizeDeps: { noDiscovery: true } });
  try {
    // Vite compiles it, for the browsers and for this program alike
    const host = await server.ssrLoadModule('/accuracy/host.ts');
    await server.listen();
    const url = new URL('accuracy/', server.resolvedUrls.local[0]).href;
    const report = await host.measureEverywhere(url, quick ? 'quick' : 'full');
    if (!host.print(report)) process.exitCode = 1;
    if (json !== undefined) host.writeFigures(report, json);
    if (docs !== undefined) await host.writePage(report, docs);
    for (const written of [json, docs && join(docs, 'accuracy.md')].filter(Boolean)) console.log(`Written: ${written}`);
  } finally {
    await server.close();
  }
}

await runCommand('npm run accuracy', main);
