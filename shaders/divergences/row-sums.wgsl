// Divergence of two rows of nonnegative numbers: one sweep over the row, and others only when the masses differ so
// much that they hide the divergence. A joined piece supplies the term; another lays rows over invocations.
// Twin: src/divergences/row-divergence.ts
const FAINT: f32 = 8.6736174e-19; // 2^-60: below it, terms may be too small for f32
const CLOSE: f32 = 1.52587891e-5; // 2^-16: rows that are at least so near
const LIFT: i32 = 120; // the binary logarithm of the mass at which faint rows are taken

// Outcomes of the row, or of the part of it, that is gone through.
var<private> outcomes: u32;

// Whether D(p || q) = D(q || p): then both are evaluated by the same arithmetic, to be the same to the last bit.
var<private> symmetric: bool;

// Four outcomes from the k-th on; what is beyond the row has no mass.
fn magnitudes(bits: vec4<u32>, k: u32) -> vec4<u32> {
  return select(vec4(0u), bits & vec4(MAGNITUDE), k + vec4(0u, 1u, 2u, 3u) < vec4(outcomes));
}

// value, mass of p, mass of q minus mass of p, count of infinite terms; a symmetric divergence, which has none of those,
// sums the mass of q instead. An outcome that one of the rows lacks is evaluated as a pair of equals, which costs nothing, and then replaced by what it costs alone: that needs no branch.
fn outcome(p_bits: u32, q_bits: u32, by: Rescaling) -> vec4<f32> {
  let no_p = p_bits == 0u;
  let no_q = q_bits == 0u;
  let some_p = select(p_bits, q_bits, no_p);
  let some_q = select(q_bits, p_bits, no_q);
  let ordered = symmetric && by.alike;
  let first = select(some_p, min(some_p, some_q), ordered);
  let second = select(some_q, max(some_p, some_q), ordered);
  if (by.applies) {
    let pair = pair_rescaled(first, second, by, uniforms.zero);
    let swapped = ordered && some_p > some_q;
    let d = difference_of(pair);
    let p = select(pair.p, pair.q, swapped);
    let q = select(pair.q, pair.p, swapped);
    let both = vec4(divergence_term(pair), p, select(d, -d, swapped), select(0.0, q, symmetric));
    return select(both, alone(select(p, 0.0, no_p), select(q, 0.0, no_q), no_p, no_q), no_p || no_q);
  }
  let pair = pair_of(first, second);
  let one = bitcast<f32>(some_p);
  let other = bitcast<f32>(some_q);
  let both = vec4(divergence_term(pair), one, other - one, select(0.0, other, symmetric));
  return select(both, alone(bitcast<f32>(p_bits), bitcast<f32>(q_bits), no_p, no_q), no_p || no_q);
}

// What an outcome costs that p, q or both lack.
fn alone(p: f32, q: f32, no_p: bool, no_q: bool) -> vec4<f32> {
  let cost = select(select(term_without_q(p), term_without_p(q), no_p), 0.0, no_p && no_q);
  let infinite = cost < 0.0;
  return vec4(select(cost, 0.0, infinite), p, q - p, select(select(0.0, 1.0, infinite), q, symmetric));
}

fn sweep(p_start: u32, q_start: u32, local: u32, by: Rescaling) -> vec4<f32> {
  var sum = Accumulator();
  for (var k = 4u * lane_of(local); k < outcomes; k += 4u * LANES) {
    let of_p = magnitudes(p_quad(p_start + k), k);
    let of_q = magnitudes(q_quad(q_start + k), k);
    let p = select(of_p, of_q, by.exchanges);
    let q = select(of_q, of_p, by.exchanges);
    let half = outcome(p.x, q.x, by) + outcome(p.y, q.y, by);
    accumulate(&sum, half + (outcome(p.z, q.z, by) + outcome(p.w, q.w, by)), uniforms.zero);
  }
  return sum_over_lanes(total_of(sum), local);
}

// A compensated sum that overflows is NaN, which max() and comparisons may hide.
fn overflows(sums: vec4<f32>) -> bool {
  return (bitcast<u32>(sums.x) & INFINITY_BITS) == INFINITY_BITS;
}

fn is_infinite(sums: vec4<f32>) -> bool {
  return sums.w > 0.0 && !symmetric;
}

// Whether terms that f32 has not kept may count.
fn is_faint(sums: vec4<f32>, by: Rescaling) -> bool {
  return by.lift == 0 && sums.x < FAINT * max(sums.y, 1.0);
}

// Whether another sweep is to take out the masses, or the size of the terms; of measures neither.
fn is_unsettled(sums: vec4<f32>, by: Rescaling) -> bool {
  if (is_infinite(sums) || !masses_matter(vec4(0.0, 1.0, 0.5, 0.0))) {
    return false;
  }
  if (overflows(sums)) {
    return !by.applies && sums.y > 1.0;
  }
  return masses_matter(sums) || is_faint(sums, by);
}

fn next_rescaling(by: Rescaling, frame: MassFrame, sums: vec4<f32>) -> Rescaling {
  var next = by;
  if (!by.applies) {
    let exchanges = symmetric && (sums.z < 0.0 || (sums.z == 0.0 && frame.p > frame.q));
    next = equal_masses(frame);
    if (exchanges) {
      next = equal_masses(exchanged(frame));
    }
    next.exchanges = exchanges;
  } else if (masses_matter(sums)) {
    next = refined(by, sums.y, sums.z);
  }
  if (is_faint(sums, by) && sums.x < CLOSE * sums.y) {
    next = lifted(next, LIFT);
  }
  return next;
}

// The bits of D(p || q); all lanes of a row return the same.
fn row_divergence(p_start: u32, q_start: u32, local: u32) -> u32 {
  load_constants();
  var by = SAME_MASS;
  var sums = sweep(p_start, q_start, local, SAME_MASS);
  if (agreed(is_unsettled(sums, by), local)) {
    let frame = mass_frame(p_start, q_start, outcomes, local);
    for (var turn = 0u; turn < 4u; turn++) {
      by = next_rescaling(by, frame, sums);
      sums = sweep(p_start, q_start, local, by);
      if (!agreed(is_unsettled(sums, by), local)) {
        break;
      }
    }
  }
  return bits_of_divergence(sums);
}

fn bits_of_divergence(sums: vec4<f32>) -> u32 {
  let exchanged = vec4(sums.x, sums.w, -sums.z, sums.y);
  let bits = result_bits(divergence_of(select(sums, exchanged, symmetric && sums.z < 0.0)));
  return select(bits, INFINITY_BITS, overflows(sums) || is_infinite(sums));
}
