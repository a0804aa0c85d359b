import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineUniforms, wgslStruct, type FieldType, type UniformLayout } from '../../src/engine/uniform-layout.ts';

/** What is written of values, 16 bytes after the beginning, with what is before and after it. */
function written(layout: UniformLayout, values: Readonly<Record<string, number>>): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(layout.byteLength + 32));
  layout.write(view, 16, (name) => values[name]);
  return view;
}

test('fields follow each other in four bytes each, and the whole is a multiple of 16', () => {
  const layout = defineUniforms({ rows: 'u32', shift: 'i32', alpha: 'f32', width: 'u32', last: 'f32' });
  expect(layout.byteLength).toBe(32);
  const { buffer } = written(layout, { last: Infinity, rows: 2 ** 32 - 1, alpha: -0.5, shift: -7, width: 3 });
  const words = [2 ** 32 - 1, 2 ** 32 - 7, 0xbf000000, 3, 0x7f800000, 0, 0, 0];
  expect([...new Uint32Array(buffer)]).toEqual([0, 0, 0, 0, ...words, 0, 0, 0, 0]);
  expect(wgslStruct('Uniforms', layout)).toBe('struct Uniforms { rows: u32, shift: i32, alpha: f32, width: u32, last: f32, }');
});

test('what is written can be read back at its offset', () => {
  const types: FieldType[] = ['u32', 'i32', 'f32'];
  fc.assert(fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }), fc.array(fc.tuple(fc.nat(2), fc.integer()), { minLength: 12, maxLength: 12 }), (names, choices) => {
    const fields = names.map((name, k) => ({ name, type: types[choices[k % 12]![0]]!, value: choices[k % 12]![1] }));
    const layout = defineUniforms(Object.fromEntries(fields.map(({ name, type }) => [name, type])));
    const view = written(layout, Object.fromEntries(fields.map(({ name, value }) => [name, value])));
    expect(layout.byteLength % 16).toBe(0);
    fields.forEach(({ type, value }, k) => {
      if (type === 'f32') expect(view.getFloat32(16 + 4 * k, true)).toBe(Math.fround(value));
      else expect(type === 'u32' ? view.getUint32(16 + 4 * k, true) : view.getInt32(16 + 4 * k, true)).toBe(type === 'u32' ? value >>> 0 : value);
    });
  }));
});

test('a field without a value is an error, and what the layout does not name is left out', () => {
  const layout = defineUniforms({ rows: 'u32' });
  expect(() => written(layout, {})).toThrow('The uniform rows has no value');
  expect([...new Uint32Array(written(layout, { rows: 1, more: 2 }).buffer, 16)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
});
