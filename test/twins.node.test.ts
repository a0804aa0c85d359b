import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openEngine } from '../src/engine/open.ts';
import { formCheck } from '../src/engine/form-check.ts';
import { piecesOf, type Piece } from '../src/engine/kernel.ts';
import { regimeLayout } from '../src/engine/regimes.ts';
import { bodyOf } from '../src/engine/lineage.ts';
import { allResults, kernelUses } from './cases.ts';
import { callOf, fastStages } from '../src/engine/cpu/build-program.ts';
import { compileAssembly } from '../host/assembly.mjs';

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const read = (path: string): string => readFileSync(at(path), 'utf8');
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(at(folder), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(ending)).map((path) => `${folder}/${path.replaceAll('\\', '/')}`).sort();
const shaders = filesIn('shaders', '.wgsl').map((path) => ({ path, source: read(path) }));
const engine = await openEngine({ backend: 'cpu' });
const uses = kernelUses(engine);

/** Built-ins that WGSL lets be off by thousands of ulp, or that compilers may fold away; to define one's own by the name is no call. */
const inaccurate = /(?<!fn )\b(log2?|exp2?|pow|a?sinh?|a?cosh?|a?tanh?|atan2|isnan|isinf)\s*\(/;

test.each(shaders)('$path says what it computes, and names its twin', ({ source }) => {
  const opening = source.split('\n').findIndex((line) => !line.startsWith('//'));
  const comment = source.split('\n').slice(0, opening).join('\n');
  expect(opening).toBeGreaterThanOrEqual(2);
  const twins = (/Twin: (.*)$/m.exec(comment)?.[1] ?? '').match(/src\/[\w/-]+\.ts/g) ?? [];
  expect(twins.length).toBeGreaterThan(0);
  expect(twins.filter((path) => !existsSync(at(path)))).toEqual([]);
});

test.each(shaders)('$path calls no built-in that is inaccurate', ({ path, source }) => {
  const calls = source.split('\n').filter((line) => inaccurate.test(line.replace(/\/\/.*/, '')));
  if (path !== 'shaders/engine/forms.wgsl') expect(calls).toEqual([]);
  else expect(calls.map((line) => line.split('//')[1]?.trim())).toEqual(['the built-in is good enough for a tolerance of 1e-3']);
});

test('every WGSL file is imported, and by its own path', () => {
  const imported = filesIn('src', '.ts').flatMap((path) => [...read(path).matchAll(/'(?:\.\.\/)+(shaders\/[\w/-]+\.wgsl)\?raw'/g)].map(([, shader]) => shader!));
  expect([...new Set(imported)].sort()).toEqual(shaders.map(({ path }) => path));
});

test('every WGSL file is in a kernel of an exported operation, under its name', () => {
  const pieces = [...uses.flatMap(({ kernel, dispatch }) => [...piecesOf(kernel, dispatch, 'lane'), ...piecesOf(kernel, dispatch, 'workgroup')]), ...(['lane', 'team', 'workgroup'] as const).flatMap((regime) => [...regimeLayout(regime, 1).pieces, ...regimeLayout(regime, 1e6).pieces]), ...formPieces()];
  const files = pieces.filter(({ name }) => name.includes('/')); // what is written of a program is no file
  const sources = new Map(files.map(({ name, source }) => [`shaders/${name}`, source]));
  expect([...sources.keys()].sort()).toEqual(shaders.map(({ path }) => path));
  for (const { path, source } of shaders) expect(sources.get(path), path).toBe(source);
});

function formPieces(): readonly Piece[] {
  return piecesOf(formCheck, { parameters: { first: 0, slot: 0 }, rows: 1, width: 2, inputs: [{ form: 'weights', rows: 1, width: 2 }] }, 'lane');
}

describe('assembly/', () => {
  const files = filesIn('assembly', '.ts').map((path) => ({ path, source: read(path) }));

  test.each(files)('$path says what it computes, and any twin that it names is there', ({ source }) => {
    expect(source).toMatch(/^\/\*\*[^]*?\*\//);
    const twins = [...source.matchAll(/(?:src|shaders)\/[\w/-]+\.(?:ts|wgsl)/g)].map(([path]) => path);
    expect(twins.filter((path) => !existsSync(at(path)))).toEqual([]);
  });

  test('every function of the module is called by an operation, with as many arguments as it has', async () => {
    const module = await WebAssembly.compile(new Uint8Array(await compileAssembly()));
    const { exports } = await WebAssembly.instantiate(module, { env: { memory: new WebAssembly.Memory({ initial: 1 }), abort: () => undefined } });
    const functions = new Map(Object.entries(exports).filter(([, exported]) => typeof exported === 'function').map(([name, exported]) => [name, (exported as () => void).length]));
    for (const ofTheEngine of ['memoryStart', 'firstBadRow']) expect(functions.delete(ofTheEngine), ofTheEngine).toBe(true);
    const stages = allResults(engine).flatMap((result) => fastStages(result) ?? []).flatMap((stage) => {
      const body = bodyOf(stage.tensor);
      return body ? fastStages(body.next, body.given)!.filter(({ tensor }) => !body.given.includes(tensor)) : [stage];
    });
    const calls = stages.flatMap(({ tensor, inputs }) => {
      const call = callOf(tensor);
      return call ? [{ name: call.name, length: call.argumentsInScratch ? 4 : 4 + 3 * (call.order ?? inputs).length + (call.tables?.length ?? 0) + (call.numbers?.length ?? 0) }] : [];
    });
    expect(new Map(calls.map(({ name, length }) => [name, length]))).toEqual(functions);
  });
});
