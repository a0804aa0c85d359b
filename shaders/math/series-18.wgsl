// G(s) to degree 18, by Horner's rule. Enough for |alpha| <= 15.
// Twin: src/math/series.ts
fn series_at(s: f32) -> f32 {
  var g = series.c4.z;
  g = fma(g, s, series.c4.y);
  g = fma(g, s, series.c4.x);
  g = fma(g, s, series.c3.w);
  g = fma(g, s, series.c3.z);
  g = fma(g, s, series.c3.y);
  g = fma(g, s, series.c3.x);
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
