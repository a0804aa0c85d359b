/** Build plugin: WGSL without its comments and spare white space, by short names. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { shortNames, withShortNames, wordsOf } from '../build/wgsl-names.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const together = 'virtual:shaders';

/**
 * In a build, imports of *.wgsl?raw are minified; in tests they stay as written, for the compiler's line numbers. All are in one
 * module, where compression finds in each what it has of the others; bundlers leave out those that nobody imports.
 */
export function wgslMinifier(): Plugin {
  const names = new Map(filesIn('shaders', '.wgsl').map((file, index) => [file, `wgsl${index}`]));
  const codeOfAll = (): string => {
    const short = namesOfBuild();
    return [...names].map(([file, name]) => `export const ${name} = ${JSON.stringify(withShortNames(minifyWgsl(read(file)), short))};`).join('\n');
  };
  return {
    name: 'wgsl-minifier',
    enforce: 'pre',
    apply: 'build',
    resolveId: { filter: { id: /^virtual:shaders$/ }, handler: (id) => `\0${id}` },
    load: {
      filter: { id: /\.wgsl\?raw$|^\0virtual:shaders$/ },
      handler(id) {
        if (id === `\0${together}`) return { code: codeOfAll(), moduleType: 'js' };
        const file = id.slice(0, id.lastIndexOf('?'));
        this.addWatchFile(file);
        return { code: `export { ${names.get(file)} as default } from '${together}';`, moduleType: 'js' };
      },
    },
  };
}

/** The dictionary of all shaders of the package, and of the names that its TypeScript knows. */
export function namesOfBuild(): ReadonlyMap<string, string> {
  return shortNames(filesIn('shaders', '.wgsl').map((file) => minifyWgsl(read(file))), new Set(filesIn('src', '.ts').flatMap((file) => wordsOf(read(file)))));
}

function filesIn(folder: string, ending: string): readonly string[] {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => path.endsWith(ending)).sort().map((path) => join(root, folder, path));
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

/**
 * WGSL has no strings, so comments and white space may go anywhere. A space stays between two words, and between two
 * operators, which could join into another (`a / *p`, `a & &b`). Vector types have shorter names of WGSL's own, and numbers need no zero
 * beside their point.
 */
export function minifyWgsl(code: string): string {
  const spare = /(?<=\w) (?=\W)|(?<=\W) (?=\w)|(?<=[{}()[\],;:]) | (?=[{}()[\],;:])/g;
  const plain = withoutComments(code).replace(/\s+/g, ' ').replace(spare, '').trim();
  return plain.replace(/\bvec([234])<([fiu])32>/g, 'vec$1$2').replace(/(?<![\w.])(\d+\.)0(?!\d)/g, '$1').replace(/(?<![\w.])0(?=\.\d)/g, '');
}

/** Block comments nest in WGSL (its section 3.2), so no regular expression alone can match them. */
function withoutComments(code: string): string {
  let depth = 0;
  let inLine = false;
  return code.replace(/\/\*|\*\/|\/\/|\n|[^/*\n]+|[/*]/g, (token) => {
    if (token === '\n') inLine = false;
    else if (inLine) return '';
    else if (token === '/*') depth++;
    else if (token === '*/' && depth > 0) return --depth === 0 ? ' ' : '';
    else if (token === '//' && depth === 0) inLine = true;
    return depth > 0 || inLine ? '' : token;
  });
}
