/** The plugin that makes modules strings, so that a Blob of one is made at its first use and costs nothing before. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { assemblyScript } from './assembly.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const prefix = 'virtual:script/';

/**
 * `virtual:script/PATH` is the module at that path as a script without imports, classic and module alike; for Node
 * where it is Node that asks.
 */
export function scripts() {
  return {
    name: 'scripts',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const { code, files } = await bundle(id.slice(prefix.length + 1), this.environment.config.consumer === 'server');
      for (const file of files) this.addWatchFile(file);
      return { code: `export default ${JSON.stringify(code)}`, moduleType: 'js' };
    },
  };
}

async function bundle(path, forNode) {
  const { output } = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [assemblyScript(), scripts()],
    ...(forNode && { resolve: { conditions: ['node', 'module'] } }),
    build: {
      target: 'es2022',
      write: false,
      minify: false,
      rolldownOptions: {
        input: join(root, path),
        checks: { pluginTimings: false },
        output: { format: 'iife', minify: { compress: true, mangle: true, codegen: true } },
      },
    },
  });
  const [{ code, moduleIds }] = output;
  return { code: code.trim(), files: moduleIds.filter((file) => file.startsWith(root)) };
}
