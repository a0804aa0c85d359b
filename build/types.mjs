/** Rolls the declarations of the package up, a file for each entry and one for what they share: node build/types.mjs [folder]. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const [folder = 'dist'] = process.argv.slice(2);
const entries = ['index', 'webgpu', 'worker', 'engine-worker'];
const modules = mkdtempSync(join(tmpdir(), 'dually-types-'));

/** What TypeScript since 5.4 takes with any `lib` since ES2022: with and without the DOM, the types of Node or those of WebGPU. */
const platform = `
type SignalLike = typeof globalThis extends { AbortSignal: { prototype: infer Signal } } ? Signal : { readonly aborted: boolean; readonly reason: unknown };
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
}
`;

/** Typed arrays are generic since TypeScript 5.7 alone; what \`of\` returns is the array over an ArrayBuffer in every version. */
function forEveryTypeScript() {
  return {
    name: 'for-every-typescript',
    renderChunk: (code) => {
      const portable = code.replace(/\b(\w+Array)<ArrayBuffer>/g, 'ReturnType<typeof $1.of>').replace(/\b(\w+Array)<ArrayBufferLike>/g, '$1');
      const named = portable.replace(/(?<=: )AbortSignal\b/g, 'SignalLike');
      return named === code ? code : platform + named;
    },
  };
}

try {
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src', '--outDir', modules], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const input = Object.fromEntries(entries.map((name) => [name, join(modules, `${name}.d.ts`)]));
  const entryFiles = new Set(Object.values(input));
  const bundle = await rollup({ input, plugins: [dts(), forEveryTypeScript()], onLog: () => {} });
  await bundle.write({ dir: folder, format: 'es', entryFileNames: '[name].d.ts', manualChunks: (id) => (entryFiles.has(id) ? undefined : 'types'), chunkFileNames: '[name].d.ts' });
  writeFileSync(join(folder, 'cpu-worker.d.ts'), 'export {};\n');
} finally {
  rmSync(modules, { recursive: true });
}
