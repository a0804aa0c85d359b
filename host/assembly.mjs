/** The plugin that compiles assembly/ to WebAssembly, for builds, tests and pages alike. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'assembly');
const flags = [
  '-O3s',
  '--converge',
  '--runtime',
  'stub',
  '--noAssert',
  '--enable',
  'simd',
  '--importMemory',
  '--initialMemory',
  '1',
  '--disableWarning',
  '112',
];

/** `virtual:assembly` is the module as text, by `textOfBytes`. */
export function assemblyScript() {
  return {
    name: 'assemblyscript',
    resolveId: (id) => (id === 'virtual:assembly' ? '\0virtual:assembly' : undefined),
    async load(id) {
      if (id !== '\0virtual:assembly') return undefined;
      for (const path of sources()) this.addWatchFile(join(folder, path));
      return { code: `export default ${JSON.stringify(textOfBytes(await compileAssembly()))}`, moduleType: 'js' };
    },
  };
}

/**
 * A character for each byte of 240 to 255 and 0 to 73, from '#' on, and two for the others: 253 begins all instructions on
 * vectors. Twin: bytesOfText in src/engine/cpu/module.ts.
 */
export function textOfBytes(bytes) {
  const characters = (place) => (place < 90 ? [place] : [90 + Math.floor((place - 90) / 92), (place - 90) % 92]);
  const text = (byte) => String.fromCharCode(...characters((byte + 16) % 256).map((digit) => 35 + digit));
  return Array.from(bytes, text).join('');
}

function sources() {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort();
}

/** Compiled once for the same sources. Several processes may ask at the same time, so the file appears whole. */
export async function compileAssembly() {
  const hash = createHash('sha256')
    .update(flags.join(' '))
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const path of sources()) hash.update(path).update(readFileSync(join(folder, path)));
  const cached = join(root, 'node_modules/.cache/assemblyscript', `${hash.digest('hex').slice(0, 16)}.wasm`);
  if (!existsSync(cached)) {
    const binary = await compile();
    mkdirSync(dirname(cached), { recursive: true });
    writeFileSync(`${cached}.${process.pid}`, binary);
    renameSync(`${cached}.${process.pid}`, cached);
  }
  return readFileSync(cached);
}

async function compile() {
  const [{ default: asc }, { default: binaryen }] = await Promise.all([
    import('assemblyscript/asc'),
    import('binaryen'),
  ]);
  let text;
  let messages = '';
  const { error } = await asc.main(['index.ts', '--baseDir', folder, '--textFile', 'module.wat', ...flags], {
    stderr: {
      write: (message) => {
        messages += message;
      },
    },
    writeFile(_name, contents) {
      text = contents;
    },
  });
  if (error || typeof text !== 'string')
    throw new Error(`AssemblyScript: ${error?.message ?? 'no output'}\n${messages}`);
  const module = binaryen.parseText(withSharedConstants(text));
  module.setFeatures(binaryen.Features.All);
  return module.emitBinary();
}

/** A vector constant takes 18 bytes wherever it stands; as a global it takes them once, and is no slower. */
export function withSharedConstants(text) {
  const constant = /\(?v128\.const i32x4(?: 0x[0-9a-f]{8}){4}\)?/g;
  const bare = (written) => written.replace(/[()]/g, '');
  const counts = new Map();
  for (const [written] of text.matchAll(constant)) counts.set(bare(written), (counts.get(bare(written)) ?? 0) + 1);
  const names = new Map(
    [...counts].filter(([, count]) => count > 1).map(([value], index) => [value, `$constant${index}`]),
  );
  const shared = (written) => {
    const name = names.get(bare(written));
    return name === undefined ? written : written.replace(bare(written), `global.get ${name}`);
  };
  const lines = text.split('\n').map((line) => (line.startsWith(' (global ') ? line : line.replace(constant, shared)));
  const globals = [...names].map(([value, name]) => ` (global ${name} v128 (${value}))`);
  lines.splice(
    lines.findIndex((line) => line.startsWith(' (func ')),
    0,
    ...globals,
  );
  return lines.join('\n');
}
