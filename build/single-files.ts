/** Build plugin: modules that need no other, for workers, for pages without a bundler, and for bundlers that copy files. */
import { build, type Plugin, type Rolldown } from 'vite';
import { assemblyScript } from '../host/assembly.mjs';
import { wgslMinifier } from '../host/plugins.ts';
import { scripts } from '../host/scripts.mjs';
import { recordNotes } from './record-notes.ts';

/** How all code of the package is minified. */
export const minify = { compress: true, mangle: true, codegen: true } as const;

/** Adds files to a build, each with all that its entry imports; outside Node, which takes the modules. */
export function singleFiles(entries: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'single-files',
    apply: 'build',
    async generateBundle() {
      for (const [fileName, entry] of Object.entries(entries)) this.emitFile({ type: 'asset', fileName, source: await bundle(entry) });
    },
  };
}

async function bundle(entry: string): Promise<string> {
  const [{ output }] = (await build({
    configFile: false, logLevel: 'warn', plugins: [wgslMinifier(), recordNotes(), assemblyScript(), scripts()],
    build: { target: 'es2022', write: false, minify: false, lib: { entry, formats: ['es'] }, rolldownOptions: { output: { minify } } },
  })) as [Rolldown.RolldownOutput];
  if (output.length > 1) throw new Error(`${entry} makes ${output.length} files`);
  return output[0].code;
}
