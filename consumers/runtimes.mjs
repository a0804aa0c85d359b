// Deno and Bun, from the packages that hold their binaries; and Node, by the same code.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { addDawn, install, quiet, root, run } from './harness.mjs';

export async function runtimes(attempt, packed) {
  const project = await install('runtimes', packed);
  cpSync(join(root, 'host/golden/divergences.json'), join(project, 'divergences.json'));
  const hosts = {
    Node: [process.execPath],
    Deno: [binary(project, 'deno'), 'run', '--allow-all'],
    Bun: [binary(project, 'bun')],
  };
  for (const peer of ['', ' with webgpu']) {
    if (peer) addDawn(project);
    for (const [name, [command, ...args]] of Object.entries(hosts)) {
      await attempt(`${name}${peer}`, async () =>
        quiet(await run(command, [...args, 'golden.mjs', ...(peer ? ['--gpu'] : [])], project)).trim(),
      );
    }
  }
}

/** Install scripts do not run, so that the binary is taken from the package of this platform. */
function binary(project, name) {
  const { platform, arch } = process;
  const path =
    name === 'deno'
      ? `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}/deno`
      : `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}/bin/bun`;
  return join(project, 'node_modules', path);
}
