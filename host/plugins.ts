/** Build plugin: WGSL without its comments and spare white space. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const source = (id: string): string => id.slice(0, id.lastIndexOf('?'));

/** In a build, imports of *.wgsl?raw are minified; in tests they stay as written, for the compiler's line numbers. */
export function wgslMinifier(): Plugin {
  return {
    name: 'wgsl-minifier',
    enforce: 'pre',
    apply: 'build',
    load: {
      filter: { id: /\.wgsl\?raw$/ },
      handler(id) {
        const file = source(id);
        this.addWatchFile(file);
        return { code: `export default ${JSON.stringify(minifyWgsl(readFileSync(file, 'utf8')))}`, moduleType: 'js' };
      },
    },
  };
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
