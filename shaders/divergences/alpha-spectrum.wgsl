// D of a row at four alphas at once: an outcome is reduced once and evaluated four times. The functions of a single
// alpha finish the sums; a joined piece sweeps over rows of weights or of logits.
// Twin: src/divergences/alpha-spectrum.ts

// Of each alpha its value and its count of infinite terms; mass of p, and mass of q minus mass of p.
struct Sums { values: vec4<f32>, infinite: vec4<f32>, masses: vec4<f32>, }

struct Accumulators { values: Accumulator, infinite: vec4<f32>, masses: Accumulator, }

fn plus(x: Sums, y: Sums) -> Sums {
  return Sums(x.values + y.values, x.infinite + y.infinite, x.masses + y.masses);
}

fn accumulate_sums(sums: ptr<function, Accumulators>, x: Sums) {
  var values = (*sums).values;
  var masses = (*sums).masses;
  accumulate(&values, x.values, uniforms.zero);
  accumulate(&masses, x.masses, uniforms.zero);
  *sums = Accumulators(values, (*sums).infinite + x.infinite, masses);
}

fn sums_over_lanes(sums: Accumulators, local: u32) -> Sums {
  return Sums(sum_over_lanes(total_of(sums.values), local), sum_over_lanes(sums.infinite, local), sum_over_lanes(total_of(sums.masses), local));
}

fn scale_each(x: vec4<f32>, n: vec4<i32>) -> vec4<f32> {
  let whole = clamp(n, vec4(-252), vec4(252));
  let half = whole >> vec4(1u);
  let first = bitcast<vec4<f32>>((half + 127) << vec4(23u));
  let second = bitcast<vec4<f32>>((whole - half + 127) << vec4(23u));
  return (x * first) * second;
}

// The term of alpha-term.wgsl.
fn terms(pair: Pair) -> vec4<f32> {
  let at = rows_at(pair.k);
  let c = mat3x4(bitcast<vec4<f32>>(table[at]), bitcast<vec4<f32>>(table[at + 1u]), bitcast<vec4<f32>>(table[at + 2u]));
  let inner = fma(c[2] * pair.s, quad_series_at(pair.s), c[1]);
  let powers = bitcast<vec4<i32>>(table[at + 3u]);
  return scale_each(fma(vec4(pair.d), inner, pair.u * c[0]), exponent_of_larger(pair) + powers);
}

// Mass on one side alone, at the rates that a head holds: 0 for a rate that is infinite.
fn one_sided_sums(mass: f32, rates: vec4<f32>, masses: vec4<f32>) -> Sums {
  return Sums(mass * rates, select(vec4(0.0), vec4(1.0), rates == vec4(0.0)), masses);
}

fn choose(index: u32) {
  chosen = index;
  load_constants();
}

// The sums of one alpha, as the functions of a single alpha take them.
fn sums_of(sums: Sums) -> vec4<f32> {
  return vec4(sums.values[chosen], sums.masses.x, sums.masses.y, sums.infinite[chosen]);
}

fn any_masses_matter(sums: Sums) -> bool {
  var matter = false;
  for (var index = 0u; index < 4u; index++) {
    choose(index);
    matter = matter || masses_matter(sums_of(sums));
  }
  return matter;
}

fn bits_of(sums: Sums) -> vec4<u32> {
  // A compensated sum that overflows is NaN, which max() and comparisons may hide.
  let overflown = (bitcast<vec4<u32>>(sums.values) & vec4(INFINITY_BITS)) == vec4(INFINITY_BITS);
  let infinite = overflown | (sums.infinite > vec4(0.0));
  var bits: vec4<u32>;
  for (var index = 0u; index < 4u; index++) {
    choose(index);
    bits[index] = select(result_bits(divergence_of(sums_of(sums))), INFINITY_BITS, infinite[index]);
  }
  return bits;
}

fn compute_item(item: u32, local: u32) {
  let quads_of_row = (uniforms.width + 3u) / 4u;
  let row = item / quads_of_row;
  let first = 4u * (item % quads_of_row);
  outcomes = uniforms.outcomes;
  quad_start = QUAD_LENGTH * (item % quads_of_row);
  load_quad();
  let bits = row_bits(p_row(row), q_row(row), local);
  for (var index = lane_of(local); index < min(4u, uniforms.width - first); index += LANES) {
    divergences[row * uniforms.width + first + index] = bits[index];
  }
}
