// max log(p/q) of the normalised rows: one sweep, and others when the masses differ so much that they hide the result.
// Twin: src/divergences/max-divergence.ts

// As row-sums.wgsl, for rowwise.wgsl.
var<private> outcomes: u32;
var<private> symmetric: bool;

fn magnitudes(bits: vec4<u32>, k: u32) -> vec4<u32> {
  return select(vec4(0u), bits & vec4(MAGNITUDE), k + vec4(0u, 1u, 2u, 3u) < vec4(outcomes));
}

// The least ratio q/p seen: 2^k (1 + growth).
struct Extremum { k: i32, growth: f32, pair: Pair, missed: bool, masses: vec4<f32>, }

const NO_PAIR: i32 = 1000;
const LOWEST: f32 = -3.4028234e38;

fn visit(least: ptr<function, Extremum>, sum: ptr<function, Accumulator>, p_bits: u32, q_bits: u32, by: Rescaling) {
  accumulate(sum, masses_by(p_bits, q_bits, by), uniforms.zero);
  if (p_bits == 0u) {
    return;
  }
  if (q_bits == 0u) {
    (*least).missed = true;
    return;
  }
  let pair = pair_by(p_bits, q_bits, by);
  let growth = pair.d / pair.u;
  if (pair.k < (*least).k || (pair.k == (*least).k && growth < (*least).growth)) {
    (*least).k = pair.k;
    (*least).growth = growth;
    (*least).pair = pair;
  }
}

fn extremum_of(p_start: u32, q_start: u32, local: u32, by: Rescaling) -> Extremum {
  var least: Extremum;
  least.k = NO_PAIR;
  var sum = Accumulator();
  for (var k = 4u * lane_of(local); k < outcomes; k += 4u * LANES) {
    let p = magnitudes(p_quad(p_start + k), k);
    let q = magnitudes(q_quad(q_start + k), k);
    visit(&least, &sum, p.x, q.x, by);
    visit(&least, &sum, p.y, q.y, by);
    visit(&least, &sum, p.z, q.z, by);
    visit(&least, &sum, p.w, q.w, by);
  }
  least.masses = total_of(sum);
  return least;
}

// max log(p/q) as it stands, and 1 where q misses p's support.
fn greatest_log(least: Extremum, local: u32) -> vec4<f32> {
  var log = LOWEST;
  if (least.k != NO_PAIR) {
    log = -log_ratio(least.pair);
  }
  return max_over_lanes(vec4(log, select(0.0, 1.0, least.missed), 0.0, 0.0), local);
}

// log(mass of q / mass of p)
fn log_of_masses(sums: vec4<f32>) -> f32 {
  if (abs(sums.y) < 0.25 * sums.x) {
    return log1p_accurate(sums.y / sums.x);
  }
  // The exponent that the masses have in common would cost their logarithms digits of what they have not.
  let p = bitcast<u32>(sums.x);
  let q = bitcast<u32>(sums.z);
  let are_near = max(p, q) - min(p, q) < 60u << 23u && min(p, q) >= 1u << 23u;
  let shared_exponent = select(0u, (p & 0x7f800000u) - 0x3f800000u, are_near);
  return log_of_bits(q - shared_exponent) - log_of_bits(p - shared_exponent);
}

// The bits of the divergence; all lanes of a row return the same.
fn row_divergence(p_start: u32, q_start: u32, local: u32) -> u32 {
  var by = SAME_MASS;
  var least = extremum_of(p_start, q_start, local, SAME_MASS);
  var sums = sum_over_lanes(least.masses, local);
  var greatest = greatest_log(least, local);
  if (agreed(is_hidden(greatest, sums, by), local)) {
    let frame = mass_frame(p_start, q_start, outcomes, local);
    for (var turn = 0u; turn < 3u; turn++) {
      if (by.applies) {
        by = refined(by, sums.x, sums.y);
      } else {
        by = equal_masses(frame);
      }
      least = extremum_of(p_start, q_start, local, by);
      sums = sum_over_lanes(least.masses, local);
      greatest = greatest_log(least, local);
      if (!agreed(is_hidden(greatest, sums, by), local)) {
        break;
      }
    }
  }
  return select(result_bits(max(greatest.x + log_of_masses(sums), 0.0)), INFINITY_BITS, greatest.y > 0.0);
}

// Whether the masses hide some digits of the divergence, or are too small for their difference to be right.
fn is_hidden(greatest: vec4<f32>, sums: vec4<f32>, by: Rescaling) -> bool {
  let log_mass = log_of_masses(sums);
  let faint = !by.applies && sums.x < 8.6736174e-19; // 2^-60
  return greatest.y == 0.0 && (faint || abs(greatest.x + log_mass) < 4.0 * abs(log_mass));
}
