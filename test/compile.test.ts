import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../src/engine/open.ts';
import { ShaderCompilationError } from '../src/engine/errors.ts';
import { piecesOf, type Kernel, type Regime } from '../src/engine/kernel.ts';
import { apply } from '../src/engine/operation.ts';
import { regimeLayout } from '../src/engine/regimes.ts';
import { compileShader, joinPieces } from '../src/engine/shader.ts';
import { findDevice } from '../src/engine/webgpu/adapter.ts';
import { counters } from '../src/engine/webgpu/counters.ts';
import { alphaDivergence } from '../src/index.ts';
import { inputsOf, kernelUses, operations, parametersOf, type KernelUse } from './cases.ts';

let device: GPUDevice;
let uses: KernelUse[];
beforeAll(async () => {
  const found = await findDevice();
  if (!('device' in found)) throw new Error(found.reason);
  device = found.device;
  uses = kernelUses(await openEngine({ backend: 'cpu' }));
});
afterAll(() => device.destroy());

test.each(['lane', 'team', 'workgroup'] as const satisfies Regime[])('every kernel compiles in regime %s without a word from the compiler', async (regime) => {
  const sources = new Map<string, { name: string; shader: ReturnType<typeof joinPieces> }>();
  for (const { name, kernel, dispatch } of uses) {
    if ((regime !== 'lane' && kernel.over === 'elements') || (regime === 'team' && !kernel.teams)) continue;
    const shader = joinPieces([...regimeLayout(regime, 1).pieces, ...piecesOf(kernel, dispatch, regime)]);
    sources.set(shader.source, { name, shader });
  }
  const messages: string[] = [];
  for (const { name, shader } of sources.values()) { // one by one: asked of many modules at once, Chrome may never answer
    const module = await compileShader(device, name, shader);
    const info = await module.getCompilationInfo();
    messages.push(...info.messages.map(({ lineNum, message }) => `${name} ${JSON.stringify(shader.locate(lineNum))} ${message}`));
  }
  expect(messages).toEqual([]);
  expect(sources.size).toBeGreaterThan(10);
});

test('an error in a piece is reported with its file and line', async () => {
  const pieces = [...regimeLayout('lane', 1).pieces, { name: 'math/broken.wgsl', source: '// Wrong on its third line.\nfn wrong() -> f32 {\n  return missing;\n}' }];
  const failure = compileShader(device, 'broken kernel', joinPieces(pieces));
  await expect(failure).rejects.toThrow(ShaderCompilationError);
  await expect(failure).rejects.toMatchObject({ operation: 'broken kernel', got: expect.stringMatching(/^math\/broken\.wgsl:3:\d+ .*missing/s) as string });
});

test.each(['lane', 'workgroup'] as const)('the pieces of every kernel are made once, so that a dispatch finds its pipeline by them, in regime %s', (regime) => {
  for (const { name, kernel, dispatch } of uses) {
    const [first, again] = [piecesOf(kernel, dispatch, regime), piecesOf(kernel, { ...dispatch }, regime)];
    expect(first.length, name).toBe(again.length);
    for (const [index, piece] of first.entries()) expect(piece === again[index], `${name}: ${piece.name}`).toBe(true);
  }
});

describe('a new α compiles nothing', () => {
  const sweep = Array.from({ length: 1000 }, (_, index) => (index - 500) / 250 + 1e-4); // |α| ≤ 2, and never ±1
  const sourceOf = (kernel: Kernel<unknown>, use: KernelUse, alpha: number): string =>
    joinPieces(piecesOf(kernel, { ...use.dispatch, parameters: { ...(use.dispatch.parameters as object), alpha } }, 'lane')).source;

  test('since the WGSL of a kernel is the same at 1,000 of them', () => {
    const ofAlpha = uses.filter(({ dispatch }) => 'alpha' in (dispatch.parameters as object));
    const distinct = new Map(ofAlpha.map((use) => [`${use.name} of ${use.dispatch.inputs.map(({ form }) => form).join()}`, use]));
    for (const use of distinct.values()) {
      const [first, ...others] = sweep.map((alpha) => sourceOf(use.kernel, use, alpha));
      expect(others.every((source) => source === first), use.name).toBe(true);
    }
    expect(distinct.size).toBeGreaterThanOrEqual(5);
  });

  test('and the engine counts no new pipeline', async () => {
    using engine = await openEngine({ backend: 'webgpu' });
    const [p, q] = [engine.rows([[0.25, 0.75]], { outcomes: 2 }), engine.rows([[0.5, 0.5]], { outcomes: 2 })];
    await alphaDivergence(p, q, { alpha: 0.1 }).read();
    const before = counters.pipelines;
    for (let index = 0; index < sweep.length; index += 100) await alphaDivergence(p, q, { alpha: sweep[index]! }).read();
    expect(counters.pipelines).toBe(before);
  });

  test('nor for a new shape of the batch', async () => {
    using engine = await openEngine({ backend: 'webgpu' });
    const { operation } = operations.find(({ name }) => name === 'fisherVectorProduct')!;
    const [parameters] = parametersOf('fisherVectorProduct');
    const read = (outcomes: number, rows: number): Promise<Float32Array> =>
      apply(operation, inputsOf(engine, operation, parameters!, { outcomes, rows, form: 'weights' }), parameters).read();
    await read(3, 2);
    await read(8, 2); // rows of whole quads are loaded by these
    const before = counters.pipelines;
    await read(17, 5);
    await read(40, 1);
    expect(counters.pipelines).toBe(before);
  });
});
