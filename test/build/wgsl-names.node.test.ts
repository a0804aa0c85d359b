/** The names that the WGSL of a build has, in all kernels that there are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shortNames, withShortNames, wordsOf } from '../../build/wgsl-names.ts';
import { minifyWgsl, namesOfBuild } from '../../host/plugins.ts';
import { piecesOf, type Piece, type Regime } from '../../src/engine/kernel.ts';
import { openEngine } from '../../src/engine/open.ts';
import { regimeLayout } from '../../src/engine/regimes.ts';
import { compileShader, joinPieces } from '../../src/engine/shader.ts';
import { findDevice } from '../../src/engine/webgpu/adapter.ts';
import { kernelUses } from '../cases.ts';

const short = namesOfBuild();
const built = (source: string): string => withShortNames(minifyWgsl(source), short);
const files = readdirSync('shaders', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.wgsl'));

/** Functions, structs and declarations of a minified file. */
function partsOf(file: string): readonly string[] {
  let depth = 0;
  return file.replace(/[{};]/g, (sign) => {
    depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
    return depth === 0 ? `${sign}\n` : sign;
  }).split('\n');
}

const namesIn = (text: string): readonly string[] => text.match(/\.?\b[A-Za-z_]\w*/g) ?? [];

test('no two names become one where they meet', () => {
  for (const path of files) {
    const file = minifyWgsl(readFileSync(join('shaders', path), 'utf8'));
    const [before, after] = [partsOf(file), partsOf(built(file))];
    for (const [index, part] of before.entries()) {
      const [old, now] = [namesIn(part), namesIn(after[index]!)];
      expect(now.length, path).toBe(old.length);
      const pairs = new Set(old.map((name, at) => `${name} ${now[at]}`));
      expect([new Set(old).size, new Set(now).size], part).toEqual([pairs.size, pairs.size]);
    }
  }
});

describe('shortNames', () => {
  const shortened = (code: string, ...words: string[]): string => withShortNames(code, shortNames([code], new Set(words)));

  test.each([
    ['fn twice(value:f32)->f32{return value+value;}', 'fn aa(c:f32)->f32{return c+c;}'],
    ['@group(0)@binding(0)var<storage,read>input:array<f32>;', '@group(0)@binding(0)var<storage,read>aa:array<f32>;'],
    ['struct Sum{high:f32,x:f32,}fn of(sum:Sum)->f32{let select=sum.high;return min(select,sum.x);}', 'struct aa{d:f32,x:f32,}fn of(c:aa)->f32{let e=c.d;return min(e,c.x);}'],
    ['fn f(@builtin(workgroup_id)workgroup_id:vec3u){let step=workgroup_id.x;}', 'fn aa(@builtin(workgroup_id)c:vec3u){let d=c.x;}'],
    ['fn f()->f32{return x[0];}fn g(x:f32)->f32{let y=x;return y;}', 'fn aa()->f32{return x[0];}fn ab(x:f32)->f32{let c=x;return c;}'],
    ['fn f(step:f32)->f32{return step(1.,step)*0x1p-3;}', 'fn aa(step:f32)->f32{return step(1.,step)*0x1p-3;}'],
  ])('makes of %s %s', (code, expected) => expect(shortened(code, 'of')).toBe(expected));

  test('leaves what TypeScript may write, also by its end', () => {
    const code = 'struct S{p_start:u32,}fn other()->u32{let mine=1u;return mine;}';
    expect(shortened(code, ...wordsOf('const call = `${of}(${x}_start)`;'), ...wordsOf("defineLayout({ S: 'u32' })"))).toBe('struct S{p_start:u32,}fn aa()->u32{let c=1u;return c;}');
  });
});

test('every kernel compiles by the short names', async () => {
  const found = await findDevice();
  if (!('device' in found)) throw new Error(found.reason);
  const uses = kernelUses(await openEngine({ backend: 'cpu' }));
  const ofBuild = (piece: Piece): Piece => (existsSync(join('shaders', piece.name)) ? { ...piece, source: built(piece.source) } : piece);
  const sources = new Set<string>();
  for (const regime of ['lane', 'team', 'workgroup'] as const satisfies Regime[]) {
    for (const { name, kernel, dispatch } of uses) {
      if ((regime !== 'lane' && kernel.over === 'elements') || (regime === 'team' && !kernel.teams)) continue;
      const shader = joinPieces([...regimeLayout(regime, 1).pieces, ...piecesOf(kernel, dispatch, regime)].map(ofBuild));
      if (!sources.has(shader.source)) await compileShader(found.device, name, shader);
      sources.add(shader.source);
    }
  }
  expect(sources.size).toBeGreaterThan(100);
  found.device.destroy();
});
