/** Build plugin: WGSL without its comments and spare white space, by short names. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { shortNames, withShortNames, wordsOf } from '../build/wgsl-names.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = (id: string): string => id.slice(0, id.lastIndexOf('?'));

/** In a build, imports of *.wgsl?raw are minified; in tests they stay as written, for the compiler's line numbers. */
export function wgslMinifier(): Plugin {
  let short: ReadonlyMap<string, string> | undefined;
  return {
    name: 'wgsl-minifier',
    enforce: 'pre',
    apply: 'build',
    load: {
      filter: { id: /\.wgsl\?raw$/ },
      handler(id) {
        const file = source(id);
        this.addWatchFile(file);
        const code = withShortNames(minifyWgsl(readFileSync(file, 'utf8')), short ??= namesOfBuild());
        return { code: `export default ${JSON.stringify(code)}`, moduleType: 'js' };
      },
    },
  };
}

/** The dictionary of all shaders of the package, and of the names that its TypeScript knows. */
export function namesOfBuild(): ReadonlyMap<string, string> {
  return shortNames(textsIn('shaders', '.wgsl').map(minifyWgsl), new Set(textsIn('src', '.ts').flatMap(wordsOf)));
}

function textsIn(folder: string, ending: string): readonly string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(ending)).sort();
  return files.map((path) => readFileSync(join(root, folder, path), 'utf8'));
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
