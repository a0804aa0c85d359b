// `node bench/beside-numpy.mjs`: times Dually's CPU backend in Node beside numpy, which python3 has to have in version
// 2.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPageServer, runCommand } from '../host/page-server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

await runCommand('node bench/beside-numpy.mjs', async () => {
  const server = await createPageServer(root, {
    server: { middlewareMode: true },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    const { comparedWithNumpy } = await server.ssrLoadModule('/bench/beside-numpy.ts');
    console.log((await comparedWithNumpy()).join('\n'));
  } finally {
    await server.close();
  }
});
