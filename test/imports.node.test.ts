/** Who may import whom. Imports of types count. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';

type Graph = ReadonlyMap<string, readonly string[]>;

const root = join(import.meta.dirname, '..');
const families = ['divergences', 'geometry', 'steps', 'program', 'linear', 'algorithms'];

const graphOf = (...folders: readonly string[]): Graph => {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.m?[jt]s$/.test(name) && !name.includes('node_modules'))
      .map((name) => posix.join(folder, name.replaceAll('\\', '/'))));
  return new Map(files.map((file) => [file, importsOf(readFileSync(join(root, file), 'utf8'), file)]));
};

function importsOf(source: string, file: string): string[] {
  const found = source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g);
  return Array.from(found, ([, path]) => posix.join(dirname(file), path!));
}

/** Takes away what imports nothing that is left; circles, and what imports them, stay. */
function inCircles(graph: Graph): string[] {
  let left = [...graph];
  for (let before = Infinity; left.length < before;) {
    before = left.length;
    const names = new Set(left.map(([name]) => name));
    left = left.filter(([, imports]) => imports.some((name) => names.has(name)));
  }
  return left.map(([name]) => name);
}

const src = graphOf('src');
const edges = [...src].flatMap(([file, imports]) => imports.map((imported) => ({ file, imported })));
const roomOf = (file: string): string => file.split('/').slice(1, -1)[0] ?? '';

test('a circle is found, and a chain is none', () => {
  expect(inCircles(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']], ['d', []]]))).toEqual(['a', 'b', 'c']);
  expect(inCircles(new Map([['a', ['b', 'c']], ['b', ['c']], ['c', []]]))).toEqual([]);
  expect(importsOf("import type { A } from '../a.ts';\nexport * from './b.ts';\nimport './c.ts'", 'x/y/z.ts'))
    .toEqual(['x/a.ts', 'x/y/b.ts', 'x/y/c.ts']);
  expect(edges.length).toBeGreaterThan(src.size);
});

test('no files import each other in a circle', () => {
  expect(inCircles(graphOf('src', 'host', 'app', 'bench', 'accuracy'))).toEqual([]);
});

test('the engine knows no mathematics', () => {
  expect(edges.filter(({ file, imported }) =>
    roomOf(file) === 'engine' && roomOf(imported) !== 'engine' && imported.startsWith('src/'))).toEqual([]);
});

test('no family is imported but through its index', () => {
  expect(edges.filter(({ file, imported }) =>
    roomOf(file) !== roomOf(imported) && families.includes(roomOf(imported)) && !imported.endsWith('/index.ts'))).toEqual([]);
});
