/** The plugin that compiles assembly/ to WebAssembly, for builds, tests and pages alike. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(root, 'assembly');
const flags = ['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--importMemory', '--initialMemory', '1', '--disableWarning', '112'];

/** `virtual:assembly` is the module in base64. */
export function assemblyScript() {
  return {
    name: 'assemblyscript',
    resolveId: (id) => (id === 'virtual:assembly' ? '\0virtual:assembly' : undefined),
    async load(id) {
      if (id !== '\0virtual:assembly') return undefined;
      for (const path of sources()) this.addWatchFile(join(folder, path));
      return { code: `export default ${JSON.stringify((await compileAssembly()).toString('base64'))}`, moduleType: 'js' };
    },
  };
}

function sources() {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')).sort();
}

/** Compiled once for the same sources. Several processes may ask at the same time, so the file appears whole. */
export async function compileAssembly() {
  const hash = createHash('sha256').update(flags.join(' '));
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
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  let messages = '';
  const { error } = await asc.main(['index.ts', '--baseDir', folder, '--outFile', 'module.wasm', ...flags], {
    stderr: { write: (text) => { messages += text; } },
    writeFile(_name, contents) {
      if (typeof contents !== 'string') binary = contents;
    },
  });
  if (error || !binary) throw new Error(`AssemblyScript: ${error?.message ?? 'no output'}\n${messages}`);
  return binary;
}
