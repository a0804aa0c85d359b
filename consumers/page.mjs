// A page with an import map and no bundler, in both browsers: examples/import-map.html, and the checks of the other consumers.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { install, root, servingFiles, visit } from './harness.mjs';

export async function page(attempt, browsers, packed) {
  const project = await install('page', packed);
  cpSync(join(root, 'consumers/bundlers/checks.js'), join(project, 'checks.js'));
  for (const [name, browser] of Object.entries(browsers)) {
    await attempt(`import map, ${name}`, () => servingFiles(project, (origin) => visit(browser, origin)));
  }
}
