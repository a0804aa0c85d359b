// Next: rendered on the server, built and started.
import { addDawn, install, serving, tool, visit } from './harness.mjs';

export async function next(attempt, browser, packed) {
  const project = await install('next', packed);
  for (const peer of ['', ' with webgpu']) {
    if (peer) addDawn(project);
    await attempt(`Next, build and start${peer}`, async () => {
      await tool(project, 'next/dist/bin/next', 'build');
      return serving(project, 'next/dist/bin/next', ['start', '--hostname', '127.0.0.1', '--port', '41790'], 41_790, (origin) => visit(browser, origin));
    });
  }
}
