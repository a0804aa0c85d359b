import { DomainError, shown } from './errors.ts';
import type { Piece } from './kernel.ts';

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

interface Token {
  readonly text: string;
  readonly at: string;
  readonly kind: 'name' | 'number' | 'operator';
}

const declarations = new Set(['let', 'var', 'const']);
const control = new Set(['if', 'else', 'for', 'while', 'break', 'continue', 'return', 'true', 'false']);
const types = new Set(['f32', 'i32', 'u32', 'bool']);
/** Words of WGSL that no snippet needs, and that name nothing. */
const words = new Set(['alias', 'case', 'const_assert', 'continuing', 'default', 'diagnostic', 'discard', 'enable', 'fn', 'loop', 'override', 'requires', 'struct', 'switch']);
const space = /(?:[ \t\n]|\r\n)+/y;
const token = /(?<comment>\/\/|\/\*)|(?<name>[A-Za-z_]\w*)|(?<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[fiu]?(?!\w))|(?<operator><<=|>>=|<<|>>|[<>=!+\-*/%]=|&&|\|\||\+\+|--|[-+*/%<>!=(){};,:&|^~])/y;

/** The snippet as pieces: lines of its own, so that what a compiler says of it has the caller's line and column. */
export function snippetPieces(snippet: Snippet): readonly Piece[] {
  const isBody = checkSnippet(snippet);
  const { operation, name, parameters, wgsl } = snippet;
  const piece = `${operation}.wgsl`; // of all three: some compilers blame the function as a whole
  const head = `fn ${name}(${parameters.map((parameter) => `${parameter}: f32`).join(', ')}) -> f32 {`;
  return [
    { name: piece, source: isBody ? head : `${head} return (` },
    { name: piece, source: wgsl },
    { name: piece, source: isBody ? '}' : '); }' },
  ];
}

/** Throws where a snippet is more than it may be. True for a body, which has a return; false for an expression. */
export function checkSnippet(snippet: Snippet): boolean {
  const { wgsl } = snippet;
  if (typeof wgsl !== 'string' || wgsl.trim() === '') throw refusal(snippet, shown(wgsl));
  const tokens = tokensOf(snippet);
  const isBody = tokens.some(({ text }) => text === 'return');
  if (!isBody) {
    const statement = tokens.find(({ text }) => /^[;{}]$/.test(text) || declarations.has(text));
    if (statement) throw refusal(snippet, `${shown(statement.text)} at ${statement.at}, in an expression without return`);
  }
  new Walk(snippet).over(tokens);
  return isBody;
}

function tokensOf(snippet: Snippet): readonly Token[] {
  const { wgsl } = snippet;
  const tokens: Token[] = [];
  for (let index = 0; index < wgsl.length;) {
    space.lastIndex = token.lastIndex = index;
    const blank = space.exec(wgsl)?.[0];
    if (blank !== undefined) {
      index += blank.length;
      continue;
    }
    const groups = token.exec(wgsl)?.groups;
    const at = positionOf(wgsl, index);
    if (groups?.comment !== undefined) throw refusal(snippet, `a comment at ${at}`);
    const kind = (['name', 'number', 'operator'] as const).find((each) => groups?.[each] !== undefined);
    if (kind === undefined) throw refusal(snippet, `${shown(String.fromCodePoint(wgsl.codePointAt(index)!))} at ${at}`);
    tokens.push({ text: groups![kind]!, at, kind });
    index = token.lastIndex;
  }
  return tokens;
}

function positionOf(text: string, index: number): string {
  const lines = text.slice(0, index).split('\n');
  return `${lines.length}:${lines.at(-1)!.length + 1}`;
}

function refusal({ operation, parameters, functions }: Snippet, got: string): DomainError {
  return new DomainError({
    operation, argument: 'wgsl', got,
    expected: `an expression, or statements with return, of ${parameters.join(', ')}, own names, numbers, operators, if, else, for, while and ${functions.join(', ')}`,
    remedy: 'Mend the snippet at the line and column given.',
  });
}

/** A scope of names: a block, or a for with its own variable. */
interface Scope {
  readonly names: Set<string>;
  readonly isFor: boolean;
}

/** Follows brackets and scopes. A name counts from the end of its declaration to the end of its block, as in WGSL. */
class Walk {
  readonly #snippet: Snippet;
  readonly #functions: ReadonlySet<string>;
  readonly #scopes: Scope[];
  readonly #open: Token[] = [];
  #declared: Token | undefined;

  constructor(snippet: Snippet) {
    this.#snippet = snippet;
    this.#functions = new Set(snippet.functions);
    this.#scopes = [{ names: new Set(snippet.parameters), isFor: false }];
  }

  over(tokens: readonly Token[]): void {
    tokens.forEach((each, index) => {
      if (each.kind === 'operator') this.#operator(each);
      if (each.kind === 'name') this.#name(each, tokens[index - 1]?.text, tokens[index + 1]?.text);
      if (declarations.has(each.text) && tokens[index + 1]?.kind !== 'name') this.#refuse(each);
    });
    const [unclosed] = this.#open.slice(-1);
    if (unclosed) this.#refuse(unclosed, 'that is never closed');
    if (this.#declared) this.#refuse(this.#declared, 'without a semicolon');
  }

  #operator(each: Token): void {
    const { text } = each;
    if (text === '(' || text === '{') this.#open.push(each);
    if (text === ')' || text === '}') {
      if (this.#open.pop()?.text !== (text === ')' ? '(' : '{')) this.#refuse(each, 'that closes nothing');
    }
    if (text === '{' || text === '}') {
      if (this.#declared) this.#refuse(each);
      if (text === '{') this.#scopes.push({ names: new Set(), isFor: false });
      else this.#leave();
    }
    if (text === ';' && this.#declared) {
      this.#scopes.at(-1)!.names.add(this.#declared.text);
      this.#declared = undefined;
    }
  }

  #leave(): void {
    this.#scopes.pop();
    if (this.#scopes.at(-1)!.isFor) this.#scopes.pop();
  }

  #name(each: Token, before: string | undefined, after: string | undefined): void {
    const { text } = each;
    if (before !== undefined && declarations.has(before)) {
      if (this.#isTaken(text)) this.#refuse(each, 'as the name of a variable');
      this.#declared = each;
    } else if (text === 'for') {
      this.#scopes.push({ names: new Set(), isFor: true });
    } else if (this.#functions.has(text) ? after !== '(' : !this.#isKnown(text)) {
      this.#refuse(each);
    }
  }

  #isTaken(name: string): boolean {
    return declarations.has(name) || control.has(name) || types.has(name) || words.has(name) || this.#functions.has(name);
  }

  #isKnown(name: string): boolean {
    return declarations.has(name) || control.has(name) || types.has(name) || this.#scopes.some(({ names }) => names.has(name));
  }

  #refuse({ text, at }: Token, why = ''): never {
    throw refusal(this.#snippet, `${shown(text)} at ${at}${why && ` ${why}`}`);
  }
}
