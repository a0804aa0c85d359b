// The programs outside npm: what each is called here, and how it is found.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromeLaunch, firefoxLaunch } from './machine.mjs';
import { adapterProblem } from './probe.mjs';
import { isFile, onPath, SetupError } from './shell.mjs';

const linux = process.platform === 'linux';

/** The family decides which packages exist: Ubuntu's chromium and firefox are only pointers to snaps. */
function linuxFamily() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const ids = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)/gm)].flatMap(([, names]) => names.split(' '));
  return ['ubuntu', 'debian', 'fedora', 'arch'].find((name) => ids.includes(name));
}

export const family = linux ? linuxFamily() : undefined;

/** Snaps cannot read puppeteer's temporary profile. */
function isSnap(program) {
  if (program.startsWith('/snap/') || realpathSync(program).endsWith('/snap')) return true;
  return statSync(program).size < 16_384 && readFileSync(program, 'utf8').includes('/snap/');
}

function macApps(...names) {
  const folders = ['/Applications', join(process.env.HOME ?? '', 'Applications')];
  return folders.flatMap((folder) => names.map(([app, file = app]) => `${folder}/${app}.app/Contents/MacOS/${file}`));
}

function windowsPrograms(...paths) {
  const { PROGRAMFILES, 'PROGRAMFILES(X86)': x86, LOCALAPPDATA } = process.env;
  return [PROGRAMFILES, x86, LOCALAPPDATA].filter(Boolean).flatMap((folder) => paths.map((path) => join(folder, path)));
}

function candidates({ onLinux, onMac, onWindows }) {
  if (process.platform === 'darwin') return macApps(...onMac);
  if (process.platform === 'win32') return windowsPrograms(...onWindows);
  return onLinux.map(onPath);
}

/** The first browser that works; what is wrong with the others goes to `tried`. */
export async function firstWorking(need, programs, host, tried) {
  for (const program of programs) {
    if (!isFile(program) || (linux && isSnap(program))) continue;
    const problem = await adapterProblem(need.launch(undefined, { ...host, [need.name]: program }));
    if (!problem) return program;
    tried.add(`${program}: ${problem}`);
  }
  return undefined;
}

async function findBrowser(need, host, tried) {
  const told = process.env[need.variable];
  if (!told) return firstWorking(need, new Set(candidates(need)), host, tried);
  const found = await firstWorking(need, [told], host, tried);
  if (found) return found;
  throw new SetupError(
    `${need.variable} is of no use: ${[...tried].at(-1) ?? `${told} is not a program that can be driven`}`,
  );
}

function findIn(folders, pattern) {
  return folders
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .find((file) => pattern.test(file));
}

/**
 * In the order of their use: Firefox computes on the driver and the loader. `packages` are by Linux family; `download`
 * is puppeteer's name of a browser: the ESR is the Firefox that is known to compute on Linux (140 is not, 153 is).
 */
export const needs = [
  ...(linux
    ? [
        {
          name: 'lavapipe',
          title: "Mesa's software Vulkan driver",
          packages: {
            debian: 'mesa-vulkan-drivers',
            ubuntu: 'mesa-vulkan-drivers',
            fedora: 'mesa-vulkan-drivers',
            arch: 'vulkan-swrast',
          },
          find: () =>
            findIn(
              ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'],
              /\/lvp_icd[^/]*\.json$/,
            ),
        },
        {
          name: 'vulkan',
          title: 'the Vulkan loader',
          packages: { debian: 'libvulkan1', ubuntu: 'libvulkan1', fedora: 'vulkan-loader', arch: 'vulkan-icd-loader' },
          find: () =>
            findIn(
              ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'],
              /\/libvulkan\.so\.1$/,
            ),
        },
      ]
    : []),
  {
    name: 'chrome',
    title: 'Chrome, Chromium or Edge',
    download: 'chrome',
    launch: chromeLaunch,
    variable: 'CHROME_PATH',
    find: findBrowser,
    packages: { debian: 'chromium', fedora: 'chromium', arch: 'chromium' },
    onLinux: [
      'google-chrome-stable',
      'google-chrome',
      'chromium',
      'chromium-browser',
      'microsoft-edge-stable',
      'microsoft-edge',
    ],
    onMac: [['Google Chrome'], ['Chromium'], ['Microsoft Edge']],
    onWindows: [
      'Google/Chrome/Application/chrome.exe',
      'Microsoft/Edge/Application/msedge.exe',
      'Chromium/Application/chrome.exe',
    ],
  },
  {
    name: 'firefox',
    title: 'Firefox',
    download: 'firefox@esr',
    launch: firefoxLaunch,
    variable: 'FIREFOX_PATH',
    find: findBrowser,
    packages: { debian: 'firefox-esr', fedora: 'firefox', arch: 'firefox' },
    onLinux: ['firefox-esr', 'firefox'],
    onMac: [['Firefox', 'firefox']],
    onWindows: ['Mozilla Firefox/firefox.exe'],
  },
];

/** The Vulkan driver that ships beside Chrome: Dawn in Node runs on it without a GPU. */
export function swiftShader(chrome) {
  const folders = [
    dirname(realpathSync(chrome)),
    '/usr/lib/chromium',
    '/usr/lib64/chromium-browser',
    '/opt/google/chrome',
  ];
  const folder = folders.find((dir) => existsSync(join(dir, 'vk_swiftshader_icd.json')));
  return folder && { folder, driver: join(folder, 'vk_swiftshader_icd.json') };
}
