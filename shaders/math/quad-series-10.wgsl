// G(s) of four alphas to degree 10, by Horner's rule. Enough for |alpha| <= 4.
// Twin: src/math/series.ts
struct Quad { c0: vec4<f32>, c1: vec4<f32>, c2: vec4<f32>, c3: vec4<f32>, c4: vec4<f32>, c5: vec4<f32>, c6: vec4<f32>, c7: vec4<f32>, c8: vec4<f32>, c9: vec4<f32>, c10: vec4<f32>, }
var<private> quad: Quad;

fn load_quad() {
  quad = Quad(
    entries(0u), entries(1u), entries(2u), entries(3u), entries(4u), entries(5u),
    entries(6u), entries(7u), entries(8u), entries(9u), entries(10u),
  );
}

fn quad_series_at(x: f32) -> vec4<f32> {
  let s = vec4(x);
  var g = quad.c10;
  g = fma(g, s, quad.c9);
  g = fma(g, s, quad.c8);
  g = fma(g, s, quad.c7);
  g = fma(g, s, quad.c6);
  g = fma(g, s, quad.c5);
  g = fma(g, s, quad.c4);
  g = fma(g, s, quad.c3);
  g = fma(g, s, quad.c2);
  g = fma(g, s, quad.c1);
  g = fma(g, s, quad.c0);
  return g;
}
