// How this machine's browsers and Dawn are started, from what setup.mjs recorded: for Vitest, the benchmark and the
// page.
// Software adapters by default, so that every machine computes the same; DUALLY_ADAPTER=hardware takes the real one.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modules, readJson } from './shell.mjs';

const recorded = readJson(join(modules, '.host.json')) ?? {}; // a build needs no browser
const standard = process.env.DUALLY_ADAPTER === 'hardware' ? 'hardware' : 'software';
const environment = { ...process.env }; // as it was before anyone added what Dawn needs

/** Puppeteer's launch options for a headless Chrome with WebGPU. Where there is no hardware, Chrome takes software. */
export function chromeLaunch(adapter = standard, host = recorded) {
  const software = ['--use-webgpu-adapter=swiftshader', '--use-vulkan=swiftshader', '--use-angle=swiftshader'];
  return {
    browser: 'chrome',
    executablePath: host.chrome,
    env: environment,
    args: [
      '--no-sandbox', // root and containers have none to offer, and only this machine's own pages are loaded
      '--enable-unsafe-webgpu',
      '--enable-features=Vulkan', // without it, and without the same device for ANGLE, a WebGPU canvas stays blank
      ...(adapter === 'hardware' ? [] : software),
      '--disable-gpu-process-crash-limit', // the tests of device loss crash the GPU process on purpose
      '--disable-domain-blocking-for-3d-apis',
      '--disable-dev-shm-usage', // containers give /dev/shm 64 MiB
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  };
}

/** Puppeteer's launch options for a headless Firefox with WebGPU. */
export function firefoxLaunch(adapter = standard, host = recorded) {
  return {
    browser: 'firefox',
    executablePath: host.firefox,
    extraPrefsFirefox: { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true },
    env: { ...environment, ...(host.lavapipe && adapter === 'software' ? { VK_DRIVER_FILES: host.lavapipe } : {}) },
  };
}

/**
 * What Dawn in Node needs in its process's environment from the start: the driver and the Vulkan loader beside Chrome
 * (Dawn finds no adapter in Mesa 22's lavapipe, and a system need not have a loader).
 */
export function dawnEnvironment(adapter = standard, host = recorded) {
  if (!host.swiftShader) return {};
  const path = [host.swiftShader.folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return {
    LD_LIBRARY_PATH: path,
    ...(adapter === 'hardware' ? {} : { VK_DRIVER_FILES: host.swiftShader.driver }),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  };
}
