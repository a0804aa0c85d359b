/** The plugin that makes src/worker.ts a string, so that a Blob of it is made at its first use and costs nothing before. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** `virtual:worker` is the worker as a script without imports, classic and module alike. */
export function workerCode() {
  return {
    name: 'worker-code',
    resolveId: (id) => (id === 'virtual:worker' ? '\0virtual:worker' : undefined),
    async load(id) {
      if (id !== '\0virtual:worker') return undefined;
      const { code, files } = await bundleWorker();
      for (const file of files) this.addWatchFile(file);
      return { code: `export default ${JSON.stringify(code)}`, moduleType: 'js' };
    },
  };
}

async function bundleWorker() {
  const { output } = await build({
    root, configFile: false, logLevel: 'warn',
    build: {
      target: 'es2022', write: false, minify: false,
      rolldownOptions: { input: join(root, 'src/worker.ts'), output: { format: 'iife', minify: { compress: true, mangle: true, codegen: true } } },
    },
  });
  const [{ code, moduleIds }] = output;
  return { code: code.trim(), files: moduleIds.filter((file) => file.startsWith(root)) };
}
