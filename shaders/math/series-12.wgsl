// The joined polynomial to degree 12, by Horner's rule.
// Twin: src/math/series.ts
fn series_at(s: f32) -> f32 {
  var g = series.c3.x;
  g = fma(g, s, series.c2.w);
  g = fma(g, s, series.c2.z);
  g = fma(g, s, series.c2.y);
  g = fma(g, s, series.c2.x);
  g = fma(g, s, series.c1.w);
  g = fma(g, s, series.c1.z);
  g = fma(g, s, series.c1.y);
  g = fma(g, s, series.c1.x);
  g = fma(g, s, series.c0.w);
  g = fma(g, s, series.c0.z);
  g = fma(g, s, series.c0.y);
  g = fma(g, s, series.c0.x);
  return g;
}
