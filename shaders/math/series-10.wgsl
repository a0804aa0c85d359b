// G(s) to degree 10, by Horner's rule. Enough for |alpha| <= 4.
// Twin: src/math/series.ts
fn series_at(s: f32) -> f32 {
  var g = series.c2.z;
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
