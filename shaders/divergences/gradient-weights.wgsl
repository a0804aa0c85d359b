// Slopes for rows of probabilities or weights, with respect to these numbers. One sweep finds the reference and the masses.
// Twin: src/math/alpha-gradient.ts (alphaGradientOfWeights)
struct Frame { by: Rescaling, own_mass: f32, other_mass: f32, factor: Scaled, one: f32, }

fn entry_bits(bits: u32) -> u32 {
  return bits & 0x7fffffffu; // minus zero is zero
}

// The rescaling by which the rows meet at the reference.
fn rescaling_between(p_bits: u32, q_bits: u32) -> Rescaling {
  let p = split(p_bits);
  let q = split(q_bits);
  return Rescaling(DoubleSingle(q.mantissa, 0.0), p.mantissa, 0, p.exponent - q.exponent, 0, true, false, false);
}

fn frame_of(rows: Rows, local: u32) -> Frame {
  var search = Search(NO_KEY, NO_KEY, 0u);
  var sum = Accumulator();
  for (var first = lane_of(local); first < uniforms.outcomes; first += BLOCK * LANES) {
    var block = vec4(0.0);
    let end = min(first + BLOCK * LANES, uniforms.outcomes);
    for (var k = first; k < end; k += LANES) {
      let sides = sides_at(rows, k);
      block += vec4(bitcast<f32>(sides.own), bitcast<f32>(sides.other), 0.0, 0.0);
      consider(&search, k, f32(sides.own), sides.own != 0u && sides.other != 0u); // subnormals have their places as bits
    }
    accumulate(&sum, block, uniforms.zero);
  }
  let masses = sum_over_lanes(total_of(sum), local).xy;
  let reference = found(search, local);
  if (!reference.exists) {
    return Frame(SAME_MASS, masses.x, masses.y, Scaled(1.0, 0), 0.0);
  }
  let sides = sides_at(rows, reference.index);
  let log_masses = log_of_pair(pair_of(bitcast<u32>(masses.y), bitcast<u32>(masses.x)));
  let factor = factor_of(add(log_of_pair(pair_of(sides.own, sides.other)), log_masses, uniforms.zero), true);
  let mass = split(bitcast<u32>(masses.x)); // the row enters D over its mass
  return Frame(
    rescaling_between(sides.own, sides.other), masses.x, masses.y,
    Scaled(factor.mantissa / mass.mantissa, factor.exponent - mass.exponent), reference.one,
  );
}

fn slope_at(sides: Sides, frame: Frame) -> Slope {
  let no_own = sides.own == 0u;
  let own = split(sides.own);
  let share = Scaled(own.mantissa / frame.own_mass, own.exponent);
  if (no_own || sides.other == 0u) {
    let other = split(sides.other);
    let in_units = Scaled((other.mantissa / frame.other_mass) / frame.own_mass, other.exponent);
    return slope_at_zero(share, in_units, no_own, sides.other == 0u, frame);
  }
  let y = log_of_pair(pair_rescaled(sides.own, sides.other, frame.by, uniforms.zero));
  let t = product_of(deformed_log(y, frame.one), frame.factor);
  return Slope(t, product_of(t, share), 0.0, 0.0);
}

fn share_of(own: u32, frame: Frame) -> Scaled {
  return Scaled(1.0, 0);
}
