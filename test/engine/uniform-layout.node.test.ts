import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineUniforms, wgslStruct, type FieldType } from '../../src/engine/uniform-layout.ts';

test('fields follow each other in four bytes each, and the whole is a multiple of 16', () => {
  const layout = defineUniforms({ rows: 'u32', shift: 'i32', alpha: 'f32', width: 'u32', last: 'f32' });
  expect(layout.byteLength).toBe(32);
  const words = layout.write({ last: Infinity, rows: 2 ** 32 - 1, alpha: -0.5, shift: -7, width: 3 });
  expect([...words]).toEqual([2 ** 32 - 1, 2 ** 32 - 7, 0xbf000000, 3, 0x7f800000, 0, 0, 0]);
  expect(wgslStruct('Uniforms', layout)).toBe('struct Uniforms { rows: u32, shift: i32, alpha: f32, width: u32, last: f32, }');
});

test('what is written can be read back at its offset', () => {
  const types: FieldType[] = ['u32', 'i32', 'f32'];
  fc.assert(fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }), fc.array(fc.tuple(fc.nat(2), fc.integer()), { minLength: 12, maxLength: 12 }), (names, choices) => {
    const fields = names.map((name, k) => ({ name, type: types[choices[k % 12]![0]]!, value: choices[k % 12]![1] }));
    const layout = defineUniforms(Object.fromEntries(fields.map(({ name, type }) => [name, type])));
    const view = new DataView(layout.write(Object.fromEntries(fields.map(({ name, value }) => [name, value]))).buffer);
    expect(layout.byteLength % 16).toBe(0);
    expect(view.byteLength).toBe(layout.byteLength);
    fields.forEach(({ type, value }, k) => {
      if (type === 'f32') expect(view.getFloat32(4 * k, true)).toBe(Math.fround(value));
      else expect(type === 'u32' ? view.getUint32(4 * k, true) : view.getInt32(4 * k, true)).toBe(type === 'u32' ? value >>> 0 : value);
    });
  }));
});

test('a field without a value is an error, and what the layout does not name is left out', () => {
  const layout = defineUniforms({ rows: 'u32' });
  expect(() => layout.write({} as { rows: number })).toThrow('The uniform rows has no value');
  expect([...layout.write({ rows: 1, more: 2 } as { rows: number })]).toEqual([1, 0, 0, 0]);
});
