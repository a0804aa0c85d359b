// What the set-up scripts share: running commands, looking at files, and failing with a text for a person.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const modules = join(root, 'node_modules');
export const isRoot = process.getuid?.() === 0;

/** An error whose message is all that a person needs to see. */
export class SetupError extends Error {}

export function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

/** Runs a command with its output on stderr; true when it exits 0. */
export function run(command, args, options = {}) {
  say([command, ...args].join(' '));
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options }).status === 0;
}

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** False as well for what may not be looked at: PATH can name folders of another user. */
export function isFile(file) {
  try {
    return Boolean(file) && statSync(file).isFile();
  } catch {
    return false;
  }
}

export function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find(isFile);
}
