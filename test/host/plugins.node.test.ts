import { describe, expect, test } from 'vitest';
import { minifyWgsl } from '../../host/plugins.ts';

describe('minifyWgsl', () => {
  test.each([
    ['a // b\nc', 'a c'],
    ['a /* b /* c */ d */ e', 'a e'],
    ['// a /* b\nc', 'c'],
    ['/* // */ a', 'a'],
    ['a * /* b */ c / d', 'a*c/d'],
    ['fn f ( x : f32 ) -> f32 {\n  return x ;\n}\n', 'fn f(x:f32)->f32{return x;}'],
    [
      'enable f16;\n\n@group(0) @binding( 1 ) var<storage, read_write> a : array<f32>;',
      'enable f16;@group(0)@binding(1)var<storage,read_write>a:array<f32>;',
    ],
    [
      'let x = vec3<f32>(0.5, 10.0, 1.0e5) + vec4<u32>(0u).xyz * 0.0 - 20.05;',
      'let x=vec3f(.5,10.,1.e5)+vec4u(0u).xyz*0.-20.05;',
    ],
  ])('%j becomes %j', (code, expected) => {
    expect(minifyWgsl(code)).toBe(expected);
  });

  test.each(['a/ *p', 'a& &b', 'a- -b', 'a* *p'])('%j keeps the space between its operators', (code) => {
    expect(minifyWgsl(code)).toBe(code);
  });
});
