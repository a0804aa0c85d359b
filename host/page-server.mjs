// What the programs that serve a page have in common: the server, and how they end.
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createServer } from 'vite';
import { assemblyScript } from './assembly.mjs';
import { scripts } from './scripts.mjs';

/** A mistake in the command, not in the program: told without a stack. */
export class UsageError extends Error {}

/**
 * A server of pages under `root`, for this machine alone. Nothing reloads: work of minutes must not be cut short by a
 * saved file.
 */
export function createPageServer(root, { server = {}, plugins = [], ...options } = {}) {
  return createServer({
    root,
    configFile: false,
    logLevel: 'warn',
    oxc: { target: 'es2022' }, // as the library is built: not every host knows `using`
    ...options,
    plugins: [assemblyScript(), scripts(), ...plugins],
    server: { host: '127.0.0.1', hmr: false, watch: null, ...server },
  });
}

/** Throws unless a file can be written: told before the minutes that its contents take. */
export function assertWritable(option, file) {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`${option} ${file}: nothing can be written to ${folder} (${error.code}).`);
  }
}

/** Runs a program; an error is told on standard error and gives the exit code 1, or 2 for a mistake in the command. */
export async function runCommand(command, main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(`${command}: ${isUsage || error.name === 'JobError' ? error.message : error.stack}`);
    if (error.cause) console.error(error.cause);
    if (isUsage) console.error(`${command} -- --help lists the options.`);
    process.exitCode = isUsage ? 2 : 1;
  }
}
