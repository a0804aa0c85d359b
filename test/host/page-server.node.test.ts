/**
 * Pages of the app, the bench and the accuracy report are served with what the library is built with, and what they
 * add.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createPageServer } from '../../host/page-server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

test('a page with plugins of its own can load the library', async () => {
  const own = { name: 'own' };
  const server = await createPageServer(join(root, 'app'), {
    plugins: [own],
    server: { middlewareMode: true },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    expect(server.config.plugins).toContainEqual(expect.objectContaining(own));
    for (const file of ['src/engine/cpu/module.ts', 'src/engine/cpu/thread.ts']) {
      const served = await server.transformRequest(`/@fs${join(root, file)}`);
      expect(served?.code, file).toContain('virtual:');
    }
    expect((await server.transformRequest('virtual:assembly'))?.code).toMatch(/^export default "3}:}L}F/);
  } finally {
    await server.close();
  }
});
