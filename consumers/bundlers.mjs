// Vite 5 to 8, webpack, esbuild and Rollup with what they do by default; React in StrictMode.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { addDawn, install, servingFiles, serving, tool, visit } from './harness.mjs';

export async function bundlers(attempt, browser, packed) {
  const project = await install('bundlers', packed);
  for (const peer of ['', ' with webgpu']) {
    if (peer) addDawn(project);
    for (const version of [5, 6, 7, 8]) await vite(attempt, browser, project, version, peer);
    await attempt(`webpack 5${peer}`, () => webpack(browser, project));
    await attempt(`esbuild${peer}`, () => esbuild(browser, project, 'main-entries.js', 'own-worker.js', 'engine-worker.js', 'cpu-worker.js'));
    await attempt(`Rollup${peer}`, () => rollup(browser, project));
    await attempt(`React in StrictMode, esbuild${peer}`, () => esbuild(browser, project, 'react.js'));
  }
}

async function vite(attempt, browser, project, version, peer) {
  const [file, port] = [`vite${version}/bin/vite.js`, 41_700 + version];
  const at = ['--host', '127.0.0.1', '--port', String(port), '--strictPort', '--outDir', `out/vite${version}`];
  const served = ['--force', ...at.slice(0, 5)]; // what another version has optimised is no use
  await attempt(`Vite ${version}, dev${peer}`, () => serving(project, file, served, port, (origin) => visit(browser, origin)));
  await attempt(`Vite ${version}, build and preview${peer}`, async () => {
    await tool(project, file, 'build', '--outDir', `out/vite${version}`);
    return serving(project, file, ['preview', ...at], port, (origin) => visit(browser, origin));
  });
  if (version === 8) await attempt(`React in StrictMode, Vite 8, dev${peer}`, () => serving(project, file, served, port, (origin) => visit(browser, `${origin}/react.html`)));
}

function page(project, out) {
  mkdirSync(join(project, out), { recursive: true });
  cpSync(join(project, 'index.html'), join(project, out, 'index.html'));
  return join(project, out);
}

async function webpack(browser, project) {
  const cli = "import webpack from 'webpack'; import config from './webpack.config.js'; webpack(config, (error, stats) => { console.log(error ?? stats.toString()); if (error || stats.hasErrors()) process.exitCode = 1; });";
  const { run, quiet } = await import('./harness.mjs');
  quiet(await run(process.execPath, ['--input-type=module', '-e', cli], project));
  return servingFiles(page(project, 'dist'), (origin) => visit(browser, origin));
}

async function esbuild(browser, project, main, ...workers) {
  await tool(project, 'esbuild/bin/esbuild', `main=${main}`, ...workers, '--bundle', '--outdir=out/esbuild', '--log-level=warning');
  return servingFiles(page(project, 'out/esbuild'), (origin) => visit(browser, origin));
}

async function rollup(browser, project) {
  await tool(project, 'rollup/dist/bin/rollup', '--config', '--silent', 'false');
  return servingFiles(page(project, 'out/rollup'), (origin) => visit(browser, origin));
}
