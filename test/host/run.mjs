// `npm test`: types and lint at the same time, then Vitest in all hosts, which gets the arguments.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readJson, root, say } from '../../host/shell.mjs';

const require = createRequire(import.meta.url);

/** The file behind a package's command: spawned with this Node, it needs no shell on any system. */
function binary(name) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = readJson(manifest);
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[name === 'typescript' ? 'tsc' : name]);
}

function run(name, ...args) {
  const child = spawn(process.execPath, [binary(name), ...args], { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

const checks = await Promise.all([run('typescript'), run('oxlint', '--type-aware', '--deny-warnings')]);
const broken = ['types', 'lint'].filter((_, index) => checks[index] !== 0);
if (broken.length > 0) {
  say(`${broken.join(' and ')} failed, so the tests were not run`);
  console.log(`0 passed, ${broken.length} failed`);
  process.exitCode = 1;
} else {
  process.exitCode = await run('vitest', 'run', ...process.argv.slice(2));
}
