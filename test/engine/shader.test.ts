import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ShaderCompilationError } from '../../src/engine/errors.ts';
import { compileShader, joinPieces } from '../../src/engine/shader.ts';
import { expectFailure } from '../failure.ts';

const main = '@compute @workgroup_size(1)\nfn main() {\n  answer();\n}';

describe('joinPieces', () => {
  const first = { name: 'a.wgsl', source: '// a\nenable f16;\nfn a() {}\n' };
  const second = { name: 'b.wgsl', source: 'enable f16; requires pointer_composite_access;\n  diagnostic(off, derivative_uniformity);\nfn b() {} // enable f32;' };

  test('moves each directive to the top, once', () => {
    const { source } = joinPieces([first, second]);
    const lines = source.split('\n');
    expect(lines.slice(0, 3)).toEqual(['enable f16;', 'requires pointer_composite_access;', 'diagnostic(off, derivative_uniformity);']);
    expect(source.match(/enable f16;/g)).toHaveLength(1);
    expect(lines.slice(3).join('\n')).toMatch(/^\/\/ a\n\s*\nfn a\(\) \{\}\n\n\s*\n\s*\nfn b\(\) \{\} \/\/ enable f32;$/);
  });

  test('finds the way back from every line', () => {
    const shader = joinPieces([first, second]);
    const lines = shader.source.split('\n');
    const place = (text: string): object => shader.locate(1 + lines.findIndex((line) => line.includes(text)));
    expect(place('// a')).toEqual({ piece: 'a.wgsl', line: 1 });
    expect(place('fn a')).toEqual({ piece: 'a.wgsl', line: 3 });
    expect(place('fn b')).toEqual({ piece: 'b.wgsl', line: 3 });
    expect(shader.locate(lines.length)).toEqual({ piece: 'b.wgsl', line: 3 });
  });

  test('pieces without directives stay as they are', () => {
    const shader = joinPieces([{ name: 'x', source: 'x1\nx2' }, { name: 'y', source: 'y1' }]);
    expect(shader.source).toBe('x1\nx2\ny1');
    expect([1, 2, 3].map((line) => shader.locate(line))).toEqual([{ piece: 'x', line: 1 }, { piece: 'x', line: 2 }, { piece: 'y', line: 1 }]);
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
