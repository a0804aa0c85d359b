import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineFrame, type FieldType, type FrameStatement, type FrameValues } from '../../src/engine/frame.ts';
import type { InputRange } from '../../src/engine/kernel.ts';
import { regimeLayout } from '../../src/engine/regimes.ts';
import { compileShader, joinPieces } from '../../src/engine/shader.ts';

const range: InputRange = { form: 'weights', rows: 3, width: 8 };
const sourceOf = (statement: FrameStatement<string>, ranges: readonly InputRange[]): string => joinPieces(defineFrame(statement).pieces(ranges)).source;

/** The uniforms as the WGSL's struct has them, by their names. */
function fieldsOf(source: string): Map<string, { readonly type: FieldType; readonly at: number }> {
  const [, body] = /struct Uniforms \{([^}]*)\}/.exec(source)!;
  return new Map([...body!.matchAll(/(\w+): (u32|i32|f32),/g)].map(([, name, type], index) => [name!, { type: type as FieldType, at: 4 * index }]));
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,6}$/), { minLength: 1, maxLength: 6 });
const u32 = fc.nat(2 ** 32 - 1);
const places = fc.record({ start: u32, stride: u32 });

test('what is written stands where the WGSL reads it', () => {
  const own = fc.array(fc.tuple(fc.constantFrom<FieldType[]>('u32', 'i32', 'f32'), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), { minLength: 6, maxLength: 6 });
  fc.assert(fc.property(names, own, fc.array(places, { maxLength: 3 }), fc.tuple(u32, u32, u32, u32, u32, u32), (fields, choices, inputs, [rows, width, outcomes, items, columnFrom, rowFrom]) => {
    const uniforms = Object.fromEntries(fields.map((name, k) => [`own_${name}`, choices[k]![0]]));
    const values = Object.fromEntries(fields.map((name, k) => [`own_${name}`, choices[k]![1]]));
    const statement = { inputs: Object.fromEntries(inputs.map((_, k) => [`x${k}`, 'u32' as const])), output: ['y', 'u32'] as const, uniforms, calls: 'element' as const };
    const frame = defineFrame(statement);
    const view = new DataView(new ArrayBuffer(frame.byteLength + 32).slice(0));
    const known: FrameValues = { rows, width, outcomes, items, columnFrom, rowFrom, inputs };
    frame.write(view, 16, known, values);
    const expected = new Map<string, number>([
      ['rows', rows], ['width', width], ['outcomes', outcomes], ['items', items], ['column_from', columnFrom], ['row_from', rowFrom], ['zero', 0], ...Object.entries(values),
      ...inputs.flatMap(({ start, stride }, k): [string, number][] => [[`x${k}_start`, start], [`x${k}_stride`, stride]]),
    ]);
    const written = fieldsOf(sourceOf(statement, []));
    expect([...written.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, { type, at }] of written) {
      const value = expected.get(name)!;
      if (type === 'f32') expect(view.getFloat32(16 + at, true), name).toBe(Math.fround(value));
      else expect(type === 'u32' ? view.getUint32(16 + at, true) : view.getInt32(16 + at, true), name).toBe(type === 'u32' ? value >>> 0 : value);
    }
    expect(frame.byteLength).toBe(16 * Math.ceil(written.size / 4));
    for (const at of [0, 4, 8, 12, 16 + frame.byteLength]) expect(view.getUint32(at)).toBe(0);
  }));
});

test('a uniform without a value is an error, and others are left out', () => {
  const frame = defineFrame({ inputs: {}, output: ['y', 'u32'], uniforms: { share: 'f32' }, calls: 'element' });
  const view = new DataView(new ArrayBuffer(frame.byteLength));
  const known: FrameValues = { rows: 1, width: 1, outcomes: 1, items: 1, columnFrom: 0, rowFrom: 0, inputs: [] };
  expect(() => frame.write(view, 0, known, {} as { share: number })).toThrow('The uniform share has no value');
  frame.write(view, 0, known, { share: 0.5, more: 2 } as { share: number });
  expect(view.getFloat32(4 * 7, true)).toBe(0.5);
});

describe('the WGSL', () => {
  let device: GPUDevice;
  beforeAll(async () => { device = await (await navigator.gpu.requestAdapter())!.requestDevice(); });
  afterAll(() => device.destroy());

  const statement = { inputs: { p: 'stored', q: 'stored', x: 'vec4<f32>' }, output: ['y', 'f32'], calls: 'element' } as const;

  test('binds inputs, the output and the uniforms in their order', () => {
    const bindings = [...sourceOf(statement, [range, { ...range, width: 7 }, range]).matchAll(/@group\(0\) @binding\((\d)\) var<([^>]*)> (\w+): ([^;]*);/g)];
    expect(bindings.map(([, binding, kind, name, type]) => [binding, kind, name, type])).toEqual([
      ['0', 'storage, read', 'p', 'array<vec4<u32>>'], ['1', 'storage, read', 'q', 'array<u32>'], ['2', 'storage, read', 'x', 'array<vec4<f32>>'],
      ['3', 'storage, read_write', 'y', 'array<f32>'], ['4', 'uniform', 'uniforms', 'Uniforms'],
    ]);
  });

  test('is made once for inputs that lie alike', () => {
    const frame = defineFrame(statement);
    const [one] = [frame.pieces([range, range, range])];
    expect(frame.pieces([{ ...range, rows: 9, width: 12 }, range, range])).toBe(one);
    expect(frame.pieces([{ ...range, width: 9 }, range, range])).not.toBe(one);
    expect(frame.pieces([{ ...range, storage: 'f16' }, range, range])).not.toBe(one);
  });

  test.each<[string, readonly Partial<InputRange>[]]>([
    ['words and quads', [{ width: 7 }, {}]], ['quads that begin anywhere', [{ inQuads: false }, {}]], ['halves', [{ storage: 'f16' }, { storage: 'f16', width: 7 }]],
  ])('compiles with its loaders of %s', async (_, [p, q]) => {
    const element = { name: 'test.wgsl', source: 'fn element(row: u32, k: u32) -> f32 {\n  return bitcast<f32>(p_at(p_row(row) + k) + q_quad(q_row(row) + k).x) + x[x_row(row) / 4u].y;\n}' };
    const shader = joinPieces([...regimeLayout('lane', 1).pieces, ...defineFrame(statement).pieces([{ ...range, ...p }, { ...range, ...q }, range]), element]);
    expect(await compileShader(device, 'frame', shader)).toBeInstanceOf(GPUShaderModule);
  });
});
