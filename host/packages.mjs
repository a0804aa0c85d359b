// The npm packages of a lockfile.
import { join } from 'node:path';
import { readJson, root, run, SetupError } from './shell.mjs';

/**
 * npm writes node_modules/.package-lock.json at the end of an installation, so comparing it with the lockfile finds
 * missing, outdated and half-finished installations, whoever made them. Optional packages of other platforms are
 * absent.
 */
export function packagesMatchLock(folder = root) {
  const installed = readJson(join(folder, 'node_modules', '.package-lock.json'))?.packages;
  const locked = readJson(join(folder, 'package-lock.json'))?.packages;
  if (!locked)
    throw new SetupError('package-lock.json is missing or damaged: git checkout package-lock.json restores it.');
  return (
    Boolean(installed) &&
    Object.entries(locked).every(
      ([path, { version, optional }]) =>
        path === '' || (installed[path] ? installed[path].version === version : optional === true),
    )
  );
}

export function installPackages(folder = root, flags = []) {
  const npmCli = process.env.npm_execpath; // set by npm for its scripts: on Windows npm itself cannot be spawned
  const [command, ...args] = npmCli?.endsWith('.js') ? [process.execPath, npmCli] : ['npm'];
  const options = { cwd: folder, shell: command === 'npm' && process.platform === 'win32' };
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1'];
  if (!run(command, [...args, 'ci', ...quietly, ...flags], options)) {
    throw new SetupError(
      'the packages could not be installed: npm ci failed (see above).\n' +
        'It needs the npm registry, or an npm cache that holds the packages.',
    );
  }
}
