// The part of `npm run accuracy` that measures in Node: a process of its own, since Dawn takes its driver from the
// environment that a process starts with.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPageServer } from '../host/page-server.mjs';

const tell = (message) => void process.send(message);
const server = await createPageServer(join(dirname(fileURLToPath(import.meta.url)), '..'), {
  appType: 'custom',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, ws: false },
});
try {
  const { measureAccuracy } = await server.ssrLoadModule('/accuracy/suite.ts');
  const mode = process.argv.includes('--quick') ? 'quick' : 'full';
  const report = await measureAccuracy(mode, (part, done, total) => tell({ kind: 'progress', part, done, total }));
  tell({ kind: 'report', report });
} catch (error) {
  tell({ kind: 'failure', message: error.stack });
} finally {
  await server.close();
}
process.disconnect();
