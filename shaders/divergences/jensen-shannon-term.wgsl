// w p log(p/m) + v q log(q/m) with m = w p + v q: w v d s J(s) where s = d/(p + q) is within 3/4, logarithms beyond.
// Twin: src/math/jensen-shannon.ts
const TABLE_REACH: i32 = 100; // beyond 2^100 only the larger of p and q counts

struct MixtureConstants { j0: vec4<f32>, j1: vec4<f32>, j2: vec4<f32>, j3: vec4<f32>, j4: vec4<f32>, w: f32, v: f32, wv: f32, }
var<private> mixture: MixtureConstants;

fn load_constants() {
  let weights = bitcast<vec4<f32>>(table[5]);
  mixture = MixtureConstants(
    bitcast<vec4<f32>>(table[0]), bitcast<vec4<f32>>(table[1]), bitcast<vec4<f32>>(table[2]), bitcast<vec4<f32>>(table[3]),
    bitcast<vec4<f32>>(table[4]), weights.x, weights.y, weights.z,
  );
}

// J(s): even and odd part together, by Horner's rule in s^2.
fn mixture_series(s: f32) -> f32 {
  let z = vec2(s * s);
  var j = fma(mixture.j4.zw, z, mixture.j4.xy);
  j = fma(j, z, mixture.j3.zw);
  j = fma(j, z, mixture.j3.xy);
  j = fma(j, z, mixture.j2.zw);
  j = fma(j, z, mixture.j2.xy);
  j = fma(j, z, mixture.j1.zw);
  j = fma(j, z, mixture.j1.xy);
  j = fma(j, z, mixture.j0.zw);
  j = fma(j, z, mixture.j0.xy);
  return fma(j.y, s, j.x);
}

// log(m/x) for m = own x + share y.
fn log_of_mixture(x: f32, y: f32, own: f32, share: f32) -> f32 {
  let excess = share * (y - x) / x;
  if (excess > -0.5) {
    return log1p_accurate(excess);
  }
  return log_of_bits(bitcast<u32>(fma(share, y / x, own)));
}

fn divergence_term(pair: Pair) -> f32 {
  let down = clamp(pair.k, 0, TABLE_REACH);
  let up = clamp(-pair.k, 0, TABLE_REACH);
  let p = pair.u * power_of_two(-down);
  let q = (pair.u + pair.d) * power_of_two(-up);
  let d = select(q - p, pair.d, pair.k == 0);
  let s = d / (p + q);
  var value = mixture.wv * (d * s) * mixture_series(s);
  if (abs(s) > 0.75) {
    value = -fma(mixture.w * p, log_of_mixture(p, q, mixture.w, mixture.v), mixture.v * q * log_of_mixture(q, p, mixture.v, mixture.w));
  }
  return scale(value, pair.exponent + max(-pair.k, 0));
}

fn term_without_p(q: f32) -> f32 {
  return q * bitcast<f32>(table[6].x);
}

fn term_without_q(p: f32) -> f32 {
  return p * bitcast<f32>(table[6].y);
}

// What a difference of the masses adds to rows that are near; to others it adds nearly w times itself.
fn mass_term(sums: vec4<f32>) -> f32 {
  return 0.5 * mixture.wv * sums.z * (sums.z / sums.y);
}

fn masses_matter(sums: vec4<f32>) -> bool {
  return abs(sums.z) > 2.4e-7 * sums.y || mass_term(sums) > 0.05 * sums.x;
}

fn jensen_shannon_quotient(sums: vec4<f32>) -> vec2<f32> {
  return vec2(max(sums.x - mass_term(sums), 0.0), fma(mixture.w, sums.z, sums.y));
}

// At most the entropy of the weights.
fn jensen_shannon_of(sums: vec4<f32>) -> f32 {
  let quotient = jensen_shannon_quotient(sums);
  return min(quotient.x / quotient.y, bitcast<f32>(table[6].z));
}
