import { placeOf, refusedAt, type Snippet, type Token } from './snippet-tokens.ts';

/** The variable that counts. */
export const turnsName = 'dually_turns';
/** Turns that all loops of one call make at most, together: hundreds of times what a series needs. Mesa's llvmpipe ends all loops after 65,535 without a word. */
const mostTurns = 2 ** 15;

/** At the beginning of a loop's body. What has turned too often is not a number: by its bits, of which a compiler knows nothing. */
const count = ` if (${turnsName} == ${mostTurns}u) { return bitcast<f32>(0x7fc00000u | ${turnsName}); } ${turnsName} += 1u;`;

const assigning = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '++', '--']);
const constants = new Set(['true', 'false', 'f32', 'i32', 'u32', 'bool']);

/** A snippet whose loops count their turns. */
interface Bounded {
  readonly source: string;
  /** The column in the snippet of one in the source. */
  readonly columnOf: (line: number, column: number) => number;
  /** The declaration that the function needs. */
  readonly counter: string;
}

/** Has every loop end. One that cannot end by itself is refused: nothing that its condition names is changed in it, and nothing leaves it. */
export function bounded(snippet: Snippet, tokens: readonly Token[]): Bounded {
  const { wgsl } = snippet;
  const bodies = loopsOf(snippet, tokens).map(({ open }) => tokens[open]!.index + 1).toSorted((x, y) => x - y);
  const source = [0, ...bodies].map((from, index) => wgsl.slice(from, bodies[index])).join(count);
  const places = bodies.map((index) => placeOf(wgsl, index));
  const columnOf = (line: number, column: number): number => places.reduce(
    (at, place) => (place.line === line && at > place.column ? Math.max(place.column, at - count.length) : at), column,
  );
  return { source, columnOf, counter: bodies.length === 0 ? '' : ` var ${turnsName} = 0u;` };
}

interface Loop {
  readonly condition: readonly Token[];
  /** The tokens that are gone through in every turn. */
  readonly turn: readonly Token[];
  /** Where the body opens and closes. */
  readonly open: number;
  readonly close: number;
}

function loopsOf(snippet: Snippet, tokens: readonly Token[]): readonly Loop[] {
  const loops = tokens.flatMap(({ text }, index) => (text === 'for' || text === 'while' ? [loopAt(snippet, tokens, index)] : []));
  const known = new Set(snippet.functions);
  for (const { condition, turn, open, close } of loops) {
    const inner = loops.filter((other) => other.open > open && other.close < close);
    const leaves = tokens.slice(open, close).some(({ text }, at) => text === 'return' || (text === 'break' && !inner.some((other) => other.open < open + at && open + at < other.close)));
    const changed = new Set(turn.flatMap((each, at) => (isAssigned(turn, at) ? [each.text] : [])));
    if (leaves || condition.some(({ kind, text }) => kind === 'name' && !known.has(text) && !constants.has(text) && changed.has(text))) continue;
    throw refusedAt(snippet, tokens[open]!, ' of a loop that cannot end: nothing in it changes its condition, and nothing leaves it');
  }
  return loops;
}

/** Brackets are known to match. */
function loopAt(snippet: Snippet, tokens: readonly Token[], at: number): Loop {
  if (tokens[at + 1]?.text !== '(') throw refusedAt(snippet, tokens[at]!, ' without a condition in brackets');
  const end = closing(tokens, at + 1);
  const open = end + 1;
  if (tokens[open]?.text !== '{') throw refusedAt(snippet, tokens[at]!, ' without a body in braces');
  const close = closing(tokens, open);
  const head = tokens.slice(at + 2, end);
  const body = tokens.slice(open, close);
  if (tokens[at]!.text === 'while') return { condition: head, turn: body, open, close };
  const semicolons = head.flatMap(({ text }, index) => (text === ';' ? [index] : []));
  return { condition: head.slice((semicolons[0] ?? -1) + 1, semicolons[1]), turn: [...body, ...head.slice((semicolons[1] ?? head.length) + 1)], open, close };
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; ; index++) {
    const { text } = tokens[index]!;
    if (text === '(' || text === '{') depth++;
    if ((text === ')' || text === '}') && --depth === 0) return index;
  }
}

function isAssigned(tokens: readonly Token[], at: number): boolean {
  const [before, each, next, after] = [tokens[at - 1], tokens[at]!, tokens[at + 1], tokens[at + 2]];
  if (each.kind !== 'name' || before?.text === 'let' || before?.text === 'var' || before?.text === 'const') return false;
  return assigning.has(next?.text ?? '') || (/^[&|^]$/.test(next?.text ?? '') && after?.text === '=');
}
