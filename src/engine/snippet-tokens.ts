import { DomainError, shown } from './errors.ts';

/**
 * A caller's own WGSL: the expression or the body of a function of f32 numbers. It may use its arguments, names that it
 * declares, numbers, operators, if, else, for, while and a list of functions; all else is refused before it is compiled, so that it
 * can neither leave the function nor reach anything that the shader around it declares.
 */
export interface Snippet {
  /** The operation that the caller defines, for errors. */
  readonly operation: string;
  readonly wgsl: string;
  /** The WGSL function that it becomes, and its arguments. */
  readonly name: string;
  readonly parameters: readonly string[];
  readonly functions: readonly string[];
}

export interface Token {
  readonly text: string;
  /** Where it begins. */
  readonly index: number;
  readonly kind: 'name' | 'number' | 'operator';
}

/** More than anybody writes by hand, and less than browsers die of: Firefox does of 30,000 operators in a row, all of it. */
const [mostCharacters, mostTokens, mostNested, mostSigns, mostElse] = [2 ** 15, 2 ** 13, 64, 16, 64];

const space = /(?:[ \t\n]|\r\n)+/y;
const token = /(?<comment>\/\/|\/\*)|(?<name>[A-Za-z_]\w*)|(?<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[fiu]?(?!\w))|(?<operator><<=|>>=|<<|>>|[<>=!+\-*/%]=|&&|\|\||\+\+|--|[-+*/%<>!=(){};,:&|^~])/y;

export function tokensOf(snippet: Snippet): readonly Token[] {
  const { wgsl } = snippet;
  if (wgsl.length > mostCharacters) throw refusal(snippet, `${wgsl.length} characters, more than ${mostCharacters}`);
  const tokens: Token[] = [];
  for (let index = 0; index < wgsl.length;) {
    space.lastIndex = token.lastIndex = index;
    const blank = space.exec(wgsl)?.[0];
    if (blank !== undefined) {
      index += blank.length;
      continue;
    }
    const groups = token.exec(wgsl)?.groups;
    if (groups?.comment !== undefined) throw refusal(snippet, `a comment at ${positionOf(wgsl, index)}`);
    const kind = (['name', 'number', 'operator'] as const).find((each) => groups?.[each] !== undefined);
    if (kind === undefined) throw refusal(snippet, `${shown(String.fromCodePoint(wgsl.codePointAt(index)!))} at ${positionOf(wgsl, index)}`);
    tokens.push({ text: groups![kind]!, index, kind });
    index = token.lastIndex;
  }
  checkSize(snippet, tokens);
  return tokens;
}

/** Compilers follow nesting by recursion, and so do they a long sum, a row of signs, and one else after the other. */
function checkSize(snippet: Snippet, tokens: readonly Token[]): void {
  let [depth, signs, elses] = [0, 0, 0];
  for (const [index, each] of tokens.entries()) {
    const { text } = each;
    if (text === '(' || text === '{') depth++;
    if (text === ')' || text === '}') depth--;
    signs = /^[-+!~*&]+$/.test(text) ? signs + text.length : 0;
    if (text === 'else') elses++;
    if (index >= mostTokens) throw refusedAt(snippet, each, `, after ${mostTokens} words, numbers and signs`);
    if (depth > mostNested) throw refusedAt(snippet, each, `, nested more than ${mostNested} deep`);
    if (signs > mostSigns) throw refusedAt(snippet, each, `, after ${mostSigns} signs in a row`);
    if (elses > mostElse) throw refusedAt(snippet, each, `, after ${mostElse} others`);
  }
}

/** The error of something that is not allowed, with its place. */
export function refusedAt(snippet: Snippet, { text, index }: Token, why = ''): DomainError {
  return refusal(snippet, `${shown(text)} at ${positionOf(snippet.wgsl, index)}${why}`);
}

function positionOf(text: string, index: number): string {
  const { line, column } = placeOf(text, index);
  return `${line}:${column}`;
}

/** Line and column, both from 1 on. */
export function placeOf(text: string, index: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, index).split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

export function refusal({ operation, parameters, functions }: Snippet, got: string): DomainError {
  return new DomainError({
    operation, argument: 'wgsl', got,
    expected: `an expression, or statements with return, of ${parameters.join(', ')}, own names, numbers, operators, if, else, for, while and ${functions.join(', ')}`,
    remedy: 'Mend the snippet at the line and column given.',
  });
}
