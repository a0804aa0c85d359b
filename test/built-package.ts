/** The package as its users get it: built once into a folder of its own, where no development package can be resolved. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const folder: string = join(tmpdir(), `dually-package-${process.pid}`);
export const packageFolder: string = join(folder, 'node_modules/dually');
export const dist: string = join(packageFolder, 'dist');

export function node(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 100_000 });
  if (status !== 0) throw new Error(`node ${args.join(' ')} exits with ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** Writes a file beside the package, and gives its path. */
export function consume(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}

export function distFiles(ending: string): string[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending));
}

let isBuilt = false;

/** For the beforeAll of every file that looks at the package; they share a process. */
export function buildPackage(): void {
  if (isBuilt) return;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(packageFolder, { recursive: true });
  for (const file of ['package.json', 'LICENSE', 'platform']) cpSync(file, join(packageFolder, file), { recursive: true });
  node('node_modules/vite/bin/vite.js', 'build', '--outDir', dist, '--emptyOutDir', '--logLevel', 'warn');
  node('build/types.mjs', dist);
  isBuilt = true;
}
