// Where missing programs come from: the system's packages as root, else puppeteer's downloads, else the person.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { family, firstWorking } from './programs.mjs';
import { isRoot, modules, onPath, readJson, run, say } from './shell.mjs';

/** Updates the lists first: old ones name browsers from before WebGPU. */
function aptInstall(packages) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  run('apt-get', ['update', '-q'], options);
  return run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], options);
}

/** The program, or undefined. Puppeteer's command prints its whole help when it fails, so its output is kept back. */
function puppeteerDownload(browser, options, tried) {
  const { bin } = readJson(join(modules, 'puppeteer/package.json'));
  const cli = join(modules, 'puppeteer', typeof bin === 'string' ? bin : bin.puppeteer);
  say(`downloading ${browser} with puppeteer; this can take minutes`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'browsers', 'install', browser, ...options], {
    encoding: 'utf8',
  });
  if (status === 0) return stdout.trim().replace(/^\S+ /, ''); // `chrome@148.0 /path/to/chrome`
  tried.add(
    `puppeteer's download of ${browser}: ${/(?:Provider|Error): (.*)$/m.exec(stderr)?.[1] ?? `exit code ${status}`}`,
  );
  return undefined;
}

/** Fills `host` with what was wanted; the text of what could not be had, or undefined. */
export async function obtain(wanted, host) {
  const tried = new Set();
  const search = async (list) => {
    for (const need of list) host[need.name] = await need.find(need, host, tried);
    return list.filter((need) => !host[need.name]);
  };
  const apt = isRoot && (family === 'debian' || family === 'ubuntu') && onPath('apt-get');
  let missing = await search(wanted);
  const packages = apt ? missing.map((need) => need.packages[family]).filter(Boolean) : [];
  if (packages.length > 0) {
    tried.clear();
    if (!aptInstall(packages)) tried.add(`apt-get install ${packages.join(' ')}: failed`);
    missing = await search(missing);
  }
  for (const need of missing.filter(({ download }) => download)) {
    const program = puppeteerDownload(need.download, apt ? ['--install-deps'] : [], tried);
    host[need.name] = await firstWorking(need, [program], host, tried);
  }
  missing = missing.filter((need) => !host[need.name]);
  return missing.length > 0 ? explain(missing, tried) : undefined;
}

const installers = { debian: 'apt-get install', ubuntu: 'apt-get install', fedora: 'dnf install', arch: 'pacman -S' };

function explain(missing, tried) {
  const packages = missing.map((need) => need.packages[family]).filter(Boolean);
  const others = missing.filter((need) => !need.packages[family]);
  return [
    `missing: ${missing.map(({ title }) => title).join('; ')}.`,
    ...[...tried].map((line) => `  tried ${line}`),
    ...(packages.length > 0
      ? [`Install with:  ${isRoot ? '' : 'sudo '}${installers[family]} ${packages.join(' ')}`]
      : []),
    ...others.map(({ title, variable }) => `Install ${title}${variable ? `, or name one in ${variable}` : ''}.`),
  ].join('\n');
}
