// Makes a clone ready to run with nothing but Node and npm: the locked packages and a Chrome; with `--tests` also
// Firefox and Mesa's software Vulkan driver. Silent and offline when nothing is missing. Node built-ins only, because
// it runs before there are packages. What was found goes to node_modules/.host.json, which machine.mjs reads.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { obtain } from './obtain.mjs';
import { installPackages, packagesMatchLock } from './packages.mjs';
import { needs, swiftShader } from './programs.mjs';
import { isFile, modules, readJson, say, SetupError } from './shell.mjs';

const record = join(modules, '.host.json');
const platform = `${process.platform} ${process.arch}`;

function save(host) {
  writeFileSync(record, `${JSON.stringify(host, undefined, 2)}\n`);
}

/** A recorded program still serves when it is there and is the one that the environment asks for, if it asks. */
function serves(need, file) {
  const told = need.variable && process.env[need.variable];
  return isFile(file) && (!told || told === file);
}

async function setUp(wanted) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(`Node 20.19 or newer is needed; this is ${process.version}.`);
  }
  const known = readJson(record);
  const host = known?.platform === platform ? known : { platform };
  if ((known && host !== known) || !packagesMatchLock()) {
    installPackages(); // which empties node_modules
    save(host);
  }
  const missing = wanted.filter((need) => !serves(need, host[need.name]));
  if (missing.length === 0) return;
  const complaint = await obtain(missing, host);
  if (host.chrome) host.swiftShader = swiftShader(host.chrome);
  save(host);
  if (complaint) throw new SetupError(complaint);
  say(`ready: ${missing.map(({ name }) => host[name]).join(', ')}`);
}

try {
  await setUp(process.argv.includes('--tests') ? needs : needs.filter(({ name }) => name === 'chrome'));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
