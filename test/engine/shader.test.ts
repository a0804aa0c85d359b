import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ShaderCompilationError } from '../../src/engine/errors.ts';
import { compileShader, joinPieces } from '../../src/engine/shader.ts';
import { expectFailure } from '../failure.ts';

const main = '@compute @workgroup_size(1)\nfn main() {\n  answer();\n}';

describe('joinPieces', () => {
  test('leaves pieces as they are, and finds the way back from every line', () => {
    const shader = joinPieces([{ name: 'x', source: 'x1\nx2' }, { name: 'y', source: 'y1' }]);
    expect(shader.source).toBe('x1\nx2\ny1');
    expect([1, 2, 3].map((line) => shader.locate(line))).toEqual([{ piece: 'x', line: 1 }, { piece: 'x', line: 2 }, { piece: 'y', line: 1 }]);
    expect(shader.locate(4)).toEqual({ piece: 'shader', line: 4 }); // of no piece
    expect(shader.locate(2, 7)).toEqual({ piece: 'x', line: 2, column: 7 });
  });
});

describe('compile', () => {
  let device: GPUDevice;
  beforeAll(async () => { device = await (await navigator.gpu.requestAdapter())!.requestDevice(); });
  afterAll(() => device.destroy());

  test('gives a module for what compiles', async () => {
    const shader = joinPieces([{ name: 'answer.wgsl', source: 'fn answer() -> u32 { return 42u; }' }, { name: 'main.wgsl', source: main.replace('answer();', 'let x = answer();') }]);
    expect(await compileShader(device, 'answer', shader)).toBeInstanceOf(GPUShaderModule);
  });

  test('names the line of the piece that is wrong', async () => {
    const wrong = { name: 'math/answer.wgsl', source: '// one\nfn answer() {\n  let x: u32 = unknown_name;\n}' };
    const error = await expectFailure(() => compileShader(device, 'answer', joinPieces([{ name: 'empty.wgsl', source: '\n\n' }, wrong, { name: 'main.wgsl', source: main }])),
      ShaderCompilationError, 'shader-compilation', { operation: 'answer', expected: 'WGSL that compiles' });
    expect(error.got).toMatch(/math\/answer\.wgsl:3:\d+ .*unknown_name/s);
  });
});
