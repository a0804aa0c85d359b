/**
 * Short names for the WGSL of a build. Files are joined when a kernel runs, so that one dictionary serves them all: a name
 * becomes the same everywhere. Those of a module have a short name to themselves; those within functions share letters where
 * they never meet. Members of structs, which follow a point, are a kind apart.
 */
import { parseAst } from 'vite';

/** What stays (attributes, directives, templates of `var`, numbers), names, a member's with its point, and all else. */
const tokens = /@builtin\(\w+\)|@\w+|\b(?:enable|requires|diagnostic)\b[^;]*;|\bvar<[^>]*>|(?:\.\d|\d)[\w.]*|\.?[A-Za-z_]\w*|[^\w]/g;
const isSwizzle = /^\.(?:[xyzw]{1,4}|[rgba]{1,4})$/;
const letters = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
const reserved = new Set(['as', 'do', 'fn', 'if', 'of', 'on']);
const shortest = [...letters, ...letters.flatMap((first) => letters.map((second) => first + second))].filter((name) => !reserved.has(name));

interface Token {
  readonly text: string;
  /** Of a name: the same, with a point before that of a member. */
  readonly name?: string;
  readonly isDeclared?: boolean;
  /** Whether the whole module sees it. */
  readonly isOfModule?: boolean;
  readonly isCalled?: boolean;
  /** How many functions, structs and the like the file has before. */
  readonly part: number;
}

/** The tokens of a minified file. */
function read(file: string): readonly Token[] {
  const all = file.match(tokens) ?? [];
  let [depth, part, opening, before] = [0, 0, '', ''];
  return all.map((text, index) => {
    const [last, after] = [before, all[index + 1]];
    if (text !== ' ') before = text;
    if (text === '{') depth++;
    if (text === '}') depth--;
    if (depth === 0 && /^[;}]$/.test(text)) part++;
    if (depth === 0 && /^(?:fn|struct)$/.test(text)) opening = text;
    if (!/^\.?[A-Za-z_]\w*$/.test(text)) return { text, part };
    const isMember = opening === 'struct' && depth === 1 && after === ':';
    const isNamed = /^(?:fn|struct|alias|const|override|let|var\b.*)$/.test(last);
    return {
      text, part, name: isMember ? `.${text}` : text, isDeclared: isNamed || (after === ':' && text !== 'default'),
      isOfModule: isNamed && depth === 0, isCalled: after === '(' && !isNamed,
    };
  });
}

/** What files declare and use: how often, by each name those that it meets, and those that TypeScript declares. */
function namesOf(files: readonly string[]) {
  const [counts, near] = [new Map<string, number>(), new Map<string, Set<string>>()];
  const [declared, ofModule] = [new Set<string>(), new Set<string>()];
  const [called, foreign] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    const [parts, own]: [Set<string>[], Set<string>[]] = [[], []];
    for (const { name, part, isDeclared, isOfModule, isCalled } of read(file)) {
      if (name === undefined) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if (isDeclared) {
        declared.add(name);
        (own[part] ??= new Set()).add(name);
      }
      if (isOfModule) ofModule.add(name);
      if (isCalled) called.add(name);
      (parts[part] ??= new Set()).add(name);
    }
    for (const [index, part] of parts.entries()) {
      for (const name of part ?? []) {
        near.set(name, new Set([...near.get(name) ?? [], ...part]));
        if (!name.startsWith('.') && !own[index]?.has(name)) foreign.add(name);
      }
    }
  }
  const isForeign = (name: string): boolean => foreign.has(name) && !ofModule.has(name);
  return { counts, near, declared, ofModule, called, isForeign };
}

/**
 * The dictionary of all files of a build, minified but for their names. `words` are those of the TypeScript: what that may
 * write of WGSL keeps its name, also where it writes only the end of it ('_start'); and so does whatever is WGSL's own.
 */
export function shortNames(files: readonly string[], words: ReadonlySet<string>): ReadonlyMap<string, string> {
  const { counts, near, declared, ofModule, called, isForeign } = namesOf(files);
  const ends = [...words].filter((word) => /^_\w|\w_$/.test(word));
  const isWord = (name: string): boolean => words.has(name) || ends.some((end) => name.startsWith(end) || name.endsWith(end));
  const isOpen = (name: string): boolean => {
    const isOwn = called.has(name) ? ofModule.has(name) : !isSwizzle.test(name);
    const isSeen = ofModule.has(name) || name.startsWith('.');
    return isOwn && !isForeign(name) && !(isSeen && isWord(name.replace('.', '')));
  };
  const renamed = [...declared].filter(isOpen).sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  const short = new Map<string, string>();
  const ofModules = shortest.filter((name) => name.length === 2 && !counts.has(name) && !words.has(name));
  for (const name of renamed) if (ofModule.has(name)) short.set(name, ofModules.shift()!);
  const taken = new Set(short.values());
  for (const name of renamed) {
    if (ofModule.has(name)) continue;
    const met = new Set([...near.get(name)!].map((other) => short.get(other) ?? other.replace('.', '')));
    short.set(name, shortest.find((each) => !met.has(each) && !taken.has(each) && !isSwizzle.test(`.${each}`))!);
  }
  return short;
}

/** A minified file by its short names. */
export function withShortNames(file: string, short: ReadonlyMap<string, string>): string {
  return read(file).map(({ text, name = '' }) => (short.has(name) ? text.replace(/\w+/, short.get(name)!) : text)).join('');
}

/** The words of what may become WGSL in a TypeScript module: strings but for prose, and the names of uniforms. */
export function wordsOf(module: string): readonly string[] {
  const words: string[] = [];
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, value, key } = node as { readonly type?: string; readonly value?: unknown; readonly key?: { readonly name?: string } };
    const text = type === 'TemplateElement' ? (value as { readonly raw: string }).raw : value;
    if (typeof text === 'string' && (/[(){}[\];=@]/.test(text) || !text.includes(' '))) words.push(...text.match(/[A-Za-z_]\w*/g) ?? []);
    if (key?.name !== undefined && typeof (value as { readonly value?: unknown })?.value === 'string') words.push(key.name);
    for (const part of Object.values(node)) look(part);
  };
  look(parseAst(module, { lang: 'ts' }));
  return words;
}
