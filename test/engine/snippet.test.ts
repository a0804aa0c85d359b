import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../src/engine/errors.ts';
import { piecesOf, type Piece } from '../../src/engine/kernel.ts';
import { regimeLayout } from '../../src/engine/regimes.ts';
import { compileShader, joinPieces } from '../../src/engine/shader.ts';
import { checkSnippet, snippetPieces, type Snippet } from '../../src/engine/snippet.ts';
import { findDevice } from '../../src/engine/webgpu/adapter.ts';
import { defineFDivergence, openEngine } from '../../src/index.ts';
import { snippetFunctions, snippetFunctionsPiece } from '../../src/divergences/snippet-functions.ts';
import { commonPieces } from '../../src/math/pieces.ts';
import { kernelUses } from '../cases.ts';

const snippetOf = (wgsl: string): Snippet => ({ operation: 'mine', wgsl, name: 'generator', parameters: ['ratio', 'excess'], functions: snippetFunctions });

test.each([
  'excess * excess', 'ratio * log(ratio) - excess', '  -log1p(excess)\n + excess ', 'select(0.0, 1.0, ratio > 2.0)', '1e-3f * .5 + 2. - fma(ratio, excess, 0.25)',
  'let x = sqrt(ratio); return (x - 1.0) * (x - 1.0);',
  'if (ratio > 1.0) {\n  return excess;\n} else if (ratio < 0.5) { let y = excess * 2.0; return -y; }\nreturn 0.0;',
  'var sum = 0.0;\r\nfor (var i = 0; i < 3; i++) { const c = 2.0; sum += c * f32(i); }\nreturn sum;',
  'var i: i32 = 0; while (i < 4) { i += 1; if (i == 2) { break; } } return f32(i);',
  'var x = ratio; while (x > 1.0) { x *= 0.5; } return x;',
  'var x = ratio; while (true) { x -= 1.0; if (x < 0.0) { break; } } return x;',
  'for (;;) { return ratio; }',
  'var n = 5; for (var i = 0; i < n; ) { n--; } return f32(n);',
])('%j is a snippet', (wgsl) => {
  expect(checkSnippet(snippetOf(wgsl))).toBe(/return/.test(wgsl));
});

test.each([
  ['excess * table', '"table" at 1:10'],
  ['excess[0]', '"[" at 1:7'],
  ['excess +\n  uniforms', '"uniforms" at 2:3'],
  ['ratio) + (excess', '")" at 1:6 that closes nothing'],
  ['(ratio', '"(" at 1:1 that is never closed'],
  ['ratio; }', '";" at 1:6, in an expression without return'],
  ['return ratio; } fn g() -> f32 { return 1.0;', '"}" at 1:15 that closes nothing'],
  ['return ratio; // all', 'a comment at 1:15'],
  ['ratio /* } */', 'a comment at 1:7'],
  ['return fn(1.0);', '"fn" at 1:8'],
  ['var<private> x = 1.0; return x;', '"var" at 1:1'],
  ['@compute return 1.0;', '"@" at 1:1'],
  ['let y = table; let table = 1.0; return y;', '"table" at 1:9'],
  ['let table = table; return table;', '"table" at 1:13'],
  ['if (ratio > 1.0) { let table = 1.0; } return table;', '"table" at 1:46'],
  ['for (var q = 0; q < 2; q++) { } return f32(q);', '"q" at 1:44'],
  ['{ let p = 1.0; return generator(p, p); }', '"generator" at 1:23'],
  ['let log = 1.0; return log;', '"log" at 1:5 as the name of a variable'],
  ['let x = log; return x;', '"log" at 1:9'],
  ['return _;', '"_" at 1:8'],
  ['return 0x10;', '"0" at 1:8'],
  ['return ratio\u2028;', '"\u2028" at 1:13'],
  ['rätio', '"ä" at 1:2'],
  ['return vec2(ratio, 1.0);', '"vec2" at 1:8'],
  ['return ratio.x;', '"." at 1:13'],
  ['return bitcast<f32>(1u);', '"bitcast" at 1:8'],
  ['loop { return 1.0; }', '"loop" at 1:1'],
  ['enable f16; return 1.0;', '"enable" at 1:1'],
  ['let x = 1.0 { return x; }', '"{" at 1:13'],
  ['return 1.0; let x = 2.0', '"x" at 1:17 without a semicolon'],
  ['while (true) { } return 1.0;', '"{" at 1:14 of a loop that cannot end: nothing in it changes its condition, and nothing leaves it'],
  ['var x = ratio;\nwhile (ratio > 0.0) { x += 1.0; } return x;', '"{" at 2:21 of a loop that cannot end: nothing in it changes its condition, and nothing leaves it'],
  ['for (var i = 0; i < 3; ) { var i = 1; } return 1.0;', '"{" at 1:26 of a loop that cannot end: nothing in it changes its condition, and nothing leaves it'],
  ['for (;;) { for (;;) { break; } } return 1.0;', '"{" at 1:10 of a loop that cannot end: nothing in it changes its condition, and nothing leaves it'],
  ['while ratio { return 1.0; }', '"while" at 1:1 without a condition in brackets'],
  ['while (ratio > 1.0) return 1.0;', '"while" at 1:1 without a body in braces'],
  ['var dually_turns = 0u; return 1.0;', '"dually_turns" at 1:5 as the name of a variable'],
  [`ratio${'+ratio'.repeat(30_000)}`, '180005 characters, more than 32768'],
  [`1.${'+1.'.repeat(10_000)}`, '"1." at 1:12289, after 8192 words, numbers and signs'],
  [`${'('.repeat(65)}ratio${')'.repeat(65)}`, '"(" at 1:65, nested more than 64 deep'],
  [`return 1.0; ${'{'.repeat(5000)}${'}'.repeat(5000)}`, '"{" at 1:77, nested more than 64 deep'],
  [`${'- '.repeat(17)}ratio`, '"-" at 1:33, after 16 signs in a row'],
  [`if (ratio > 1.0) { } ${'else if (ratio > 2.0) { } '.repeat(65)} return 1.0;`, '"else" at 1:1686, after 64 others'],
  ['', '""'],
  [3 as unknown as string, '3'],
].map(([wgsl, got]) => [String(wgsl).slice(0, 60), wgsl!, got!] as const))('%j is refused', (_, wgsl, got) => {
  const check = (): boolean => checkSnippet(snippetOf(wgsl));
  expect(check).toThrow(DomainError);
  expect(check).toThrow(expect.objectContaining({ operation: 'mine', argument: 'wgsl', got }) as Error);
});

describe('what is let through', () => {
  const helpers = [...commonPieces, snippetFunctionsPiece, { name: 'uniforms', source: 'fn nothing() {}' }];
  let device: GPUDevice;
  let around: readonly Piece[];
  let names: readonly string[];
  beforeAll(async () => {
    const found = await findDevice();
    if (!('device' in found)) throw new Error(found.reason);
    device = found.device;
    const use = kernelUses(await openEngine({ backend: 'cpu' })).find(({ name }) => name === 'chiSquare')!;
    around = piecesOf(use.kernel, use.dispatch, 'lane').filter(({ name }) => name.endsWith('.wgsl') && name !== 'chiSquare.wgsl');
    names = [...new Set(around.flatMap(({ source }) => [...source.matchAll(/(?:\bfn|\bstruct|\bconst|\bvar(?:<[\w, ]+>)?) +(\w+)/g)].map(([, name]) => name!)))];
  });
  afterAll(() => device.destroy());

  const compiles = (pieces: readonly Piece[]): Promise<boolean> => compileShader(device, 'mine', joinPieces([...regimeLayout('lane', 1).pieces, ...pieces])).then(() => true, () => false);

  test('names nothing of the shader around it: what compiles there compiles alone', async () => {
    expect(names).toEqual(expect.arrayContaining(['p', 'q', 'table', 'uniforms', 'divergences', 'row_divergence']));
    const own = ['ratio', 'excess', 'x', 'y'];
    const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...own) }, { weight: 1, arbitrary: fc.constantFrom(...names) });
    const value = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof({ maxDepth: 2 }, name, fc.constantFrom('1.0', '2.5e-3'),
        fc.tuple(tie('value'), fc.constantFrom('+', '*', '-', '/'), tie('value')).map((parts) => parts.join(' ')),
        fc.tuple(fc.constantFrom('log', 'exp', 'sqrt'), tie('value')).map(([f, x]) => `${f}(${x})`), fc.tuple(name, tie('value')).map(([f, x]) => `${f}(${x})`)),
    })).value;
    const statement = fc.letrec<{ statement: string }>((tie) => ({
      statement: fc.oneof({ maxDepth: 2 },
        fc.tuple(fc.constantFrom('let', 'var'), name, value).map(([kind, x, v]) => `${kind} ${x} = ${v};`),
        fc.tuple(name, value).map(([x, v]) => `${x} = ${v};`),
        fc.tuple(value, tie('statement')).map(([v, s]) => `if (${v} > 1.0) { ${s} }`),
        fc.tuple(name, tie('statement')).map(([x, s]) => `for (var ${x} = 0.0; ${x} < 2.0; ${x} += 1.0) { ${s} }`)),
    })).statement;
    const trick = fc.constantFrom(...new Array<string>(20).fill(''), '}', '{', ');', '/*', '//', 'return 1.0; } fn other() -> f32 {', '@id(0)', '\u2029', 'p[0]', '&p');
    const wgsl = fc.tuple(fc.array(statement, { maxLength: 3 }), trick, value).map(([body, bad, v]) => `${body.join('\n')} ${bad} return ${v};`);
    let [accepted, compiled] = [0, 0];
    await fc.assert(fc.asyncProperty(wgsl, async (text) => {
      const pieces = tried(text);
      if (!pieces) return;
      accepted++;
      if (!await compiles([...around, ...pieces])) return;
      compiled++;
      expect(await compiles([...helpers, ...pieces]), text).toBe(true);
    }), { seed: 5, numRuns: 1000 });
    expect(accepted).toBeGreaterThan(100);
    expect(compiled).toBeGreaterThan(30);
  });

  function tried(text: string): readonly Piece[] | undefined {
    try {
      return snippetPieces(snippetOf(text));
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }

  test('no noise of any kind leaves its function', () => {
    const noise = fc.array(fc.constantFrom('{', '}', '(', ')', ';', ',', 'let', 'var', 'x', 'p', 'table', 'return', 'if', 'for', '1.0', '=', '<', '>', ' ', '\n', 'fn', '@', '&', '*', '/'), { maxLength: 12 });
    fc.assert(fc.property(noise, (parts) => {
      const pieces = tried(parts.join(' '));
      if (!pieces) return;
      const depths = parts.reduce<number[]>((all, c) => [...all, (all.at(-1) ?? 0) + (c === '{' ? 1 : c === '}' ? -1 : 0)], []);
      expect(Math.min(0, ...depths)).toBe(0);
      expect(parts).not.toContain('fn');
      expect(parts).not.toContain('@');
    }), { numRuns: 2000 });
  });

  test.each([
    ['a sum', `ratio${'+ratio'.repeat(400)}`], ['statements', `var x = 0.0; ${'x += ratio;'.repeat(2040)} return x;`], ['brackets', `${'('.repeat(64)}ratio${')'.repeat(64)}`], ['signs', `${'- '.repeat(16)}ratio`],
    ['functions', `${'abs('.repeat(64)}ratio${')'.repeat(64)}`], ['blocks', `${'if (ratio > 0.0) {'.repeat(60)} return ratio; ${'}'.repeat(60)} return 1.0;`],
    ['else', `var x = 0.0; if (ratio > 1.0) { x = 1.0; } ${'else if (ratio > 2.0) { x += 1.0; } '.repeat(64)} return x;`],
  ])('compilers take %s as large as may be', async (_, wgsl) => {
    expect(await compiles([...helpers, ...snippetPieces(snippetOf(wgsl))])).toBe(true);
  });

  test('and live on after a sum that is too long for some of them', async () => {
    await compiles([...helpers, ...snippetPieces(snippetOf(`ratio${'+ratio'.repeat(4095)}`))]);
    expect(await compiles([...helpers, ...snippetPieces(snippetOf('ratio'))])).toBe(true);
  });

  test('a loop that does not end is ended, and its value is not a number, which counts as infinite', async () => {
    using engine = await openEngine({ backend: 'webgpu' });
    const f = (loop: string) => defineFDivergence({ name: 'looping', wgsl: `var x = excess * excess;\n${loop}\nreturn x;`, f: (_, excess) => excess ** 2, atZero: 1, atInfinity: Infinity });
    const [p, q] = [engine.rows([[0.5, 0.5]], { outcomes: 2 }), engine.rows([[0.25, 0.75]], { outcomes: 2 })];
    const read = async (loop: string): Promise<number> => (await f(loop)(p, q).read())[0]!;
    expect(await read('for (var i = 0; i < 40000; i++) { if (i > 30000) { break; } }')).toBeCloseTo(1 / 3, 6);
    expect(await read('while (x >= 0.0) { x = abs(x); }')).toBe(Infinity);
    expect(await read('for (var i = 0; i < 300; i++) { for (var j = 0; j < 300; j++) { continue; } }')).toBe(Infinity);
  });

  test('what the compiler says of a line with loops has its column in the snippet', async () => {
    const text = 'var x = ratio;\nwhile (x > 1.0) { x *= 0.5; } for (var i = 0; i < 2; i++) { x = i; }\nreturn x;';
    const at = await compileShader(device, 'mine', joinPieces(snippetPieces(snippetOf(text)))).catch((error: unknown) => (error as Error).message);
    const [line, column] = /mine\.wgsl:(\d+):(\d+)/.exec(at as string)!.slice(1).map(Number);
    expect(line).toBe(2);
    expect(Math.abs(column! - (1 + text.split('\n')[1]!.indexOf('x = i')))).toBeLessThanOrEqual(4); // at the variable, the sign or the value
  });

  test('what the compiler says has the line and column of the snippet', async () => {
    using engine = await openEngine({ backend: 'webgpu' });
    const wrong = defineFDivergence({ name: 'wrongTypes', wgsl: 'let x = ratio;\n  let y: i32 = x;\nreturn f32(y);', f: (_, excess) => excess ** 2, atZero: 1, atInfinity: 1 });
    const p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
    await expect(wrong(p, p).read()).rejects.toMatchObject({ code: 'shader-compilation', got: expect.stringMatching(/wrongTypes\.wgsl:2:\d+ /) as string });
  });
});
