// Writes the table of operations into the README from the package's own records: npm run readme.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'vite';

const file = new URL('../README.md', import.meta.url);
const server = await createServer({ server: { middlewareMode: true }, appType: 'custom', logLevel: 'error' });
try {
  const { operationTable } = await server.ssrLoadModule('/host/operation-table.ts');
  const text = readFileSync(file, 'utf8');
  const table = /^\| operation \|[\s\S]*?\n\n/m;
  if (!table.test(text)) throw new Error('The README has no table of operations');
  writeFileSync(
    file,
    text.replace(table, () => `${operationTable()}\n\n`),
  );
} finally {
  await server.close();
}
