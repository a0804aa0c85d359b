import { shown } from './errors.ts';
import type { Piece } from './kernel.ts';
import { bounded, turnsName } from './snippet-loops.ts';
import { refusal, refusedAt, tokensOf, type Snippet, type Token } from './snippet-tokens.ts';

export type { Snippet } from './snippet-tokens.ts';

const declarations = new Set(['let', 'var', 'const']);
const control = new Set(['if', 'else', 'for', 'while', 'break', 'continue', 'return', 'true', 'false']);
const types = new Set(['f32', 'i32', 'u32', 'bool']);
/** Words of WGSL that no snippet needs, and that name nothing. */
const words = new Set(['alias', 'case', 'const_assert', 'continuing', 'default', 'diagnostic', 'discard', 'enable', 'fn', 'loop', 'override', 'requires', 'struct', 'switch']);

/**
 * The snippet as pieces: lines of its own, so that what a compiler says of it has the caller's line and column. Its loops count
 * their turns, so that each call ends.
 */
export function snippetPieces(snippet: Snippet): readonly Piece[] {
  const { isBody, tokens } = checked(snippet);
  const { operation, name, parameters } = snippet;
  const piece = `${operation}.wgsl`; // of all three: some compilers blame the function as a whole
  const { source, columnOf, counter } = bounded(snippet, tokens);
  const head = `fn ${name}(${parameters.map((parameter) => `${parameter}: f32`).join(', ')}) -> f32 {${counter}`;
  return [
    { name: piece, source: isBody ? head : `${head} return (` },
    { name: piece, source, columnOf },
    { name: piece, source: isBody ? '}' : '); }' },
  ];
}

/** Throws where a snippet is more than it may be. True for a body, which has a return; false for an expression. */
export function checkSnippet(snippet: Snippet): boolean {
  const { isBody, tokens } = checked(snippet);
  bounded(snippet, tokens);
  return isBody;
}

function checked(snippet: Snippet): { readonly isBody: boolean; readonly tokens: readonly Token[] } {
  const { wgsl } = snippet;
  if (typeof wgsl !== 'string' || wgsl.trim() === '') throw refusal(snippet, shown(wgsl));
  const tokens = tokensOf(snippet);
  const isBody = tokens.some(({ text }) => text === 'return');
  if (!isBody) {
    const statement = tokens.find(({ text }) => /^[;{}]$/.test(text) || declarations.has(text));
    if (statement) throw refusedAt(snippet, statement, ', in an expression without return');
  }
  new Walk(snippet).over(tokens);
  return { isBody, tokens };
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
    return declarations.has(name) || control.has(name) || types.has(name) || words.has(name) || name === turnsName || this.#functions.has(name);
  }

  #isKnown(name: string): boolean {
    return declarations.has(name) || control.has(name) || types.has(name) || this.#scopes.some(({ names }) => names.has(name));
  }

  #refuse(token: Token, why = ''): never {
    throw refusedAt(this.#snippet, token, why && ` ${why}`);
  }
}
