// Numbers of row programs as sums of two f32, to 2^-46 or so.
// Twin: src/program/operators.ts (f64)
fn plus(x: DoubleSingle, y: DoubleSingle) -> DoubleSingle {
  return add(x, y, uniforms.zero);
}

fn minus(x: DoubleSingle, y: DoubleSingle) -> DoubleSingle {
  return add(x, negated(y), uniforms.zero);
}

fn product(x: DoubleSingle, y: DoubleSingle) -> DoubleSingle {
  return times(x, y, uniforms.zero);
}

// x/y, and 0 for y = 0.
fn double_quotient(x: DoubleSingle, y: DoubleSingle) -> DoubleSingle {
  if (y.high == 0.0) {
    return DoubleSingle(0.0, 0.0);
  }
  let near = x.high / y.high;
  let multiple = two_product(near, y.high, uniforms.zero);
  let rest = ((x.high - multiple.high) - multiple.low) + (x.low - near * y.low);
  return two_sum(near, rest / y.high, uniforms.zero);
}

fn magnitude(x: DoubleSingle) -> DoubleSingle {
  if (x.high < 0.0) {
    return negated(x);
  }
  return x;
}

fn narrowed(x: DoubleSingle) -> f32 {
  return x.high + x.low;
}

fn chosen(x: DoubleSingle, y: DoubleSingle, condition: bool) -> DoubleSingle {
  return DoubleSingle(select(x.high, y.high, condition), select(x.low, y.low, condition));
}

fn is_less(x: DoubleSingle, y: DoubleSingle) -> bool {
  return x.high < y.high || (x.high == y.high && x.low < y.low);
}

fn is_equal(x: DoubleSingle, y: DoubleSingle) -> bool {
  return x.high == y.high && x.low == y.low;
}

fn lowest_double() -> DoubleSingle {
  return DoubleSingle(LOWEST, 0.0);
}

fn greater_of(x: DoubleSingle, y: DoubleSingle) -> DoubleSingle {
  return chosen(x, y, is_less(x, y));
}

fn max_of_doubles(x: DoubleSingle, local: u32) -> DoubleSingle {
  let high = max_over_lanes(vec4(x.high), local).x;
  return DoubleSingle(high, max_over_lanes(vec4(select(LOWEST, x.low, x.high == high)), local).x);
}

// Sums of three stretches of 15 bits, counted in whole numbers, are exact; in the last place f32 does.
fn sum_of_doubles(x: DoubleSingle, local: u32) -> DoubleSingle {
  let greatest = max_over_lanes(vec4(abs(x.high)), local).x;
  let exponent = clamp(split(bitcast<u32>(greatest)).exponent - 14, -100, 113);
  let counted = scale(x.high, -exponent);
  let first = round(counted);
  let second = round((counted - first) * 0x1p15);
  let below = ((counted - first) * 0x1p15 - second) + scale(x.low, 15 - exponent);
  let third = round(below * 0x1p15);
  let sums = sum_over_lanes(vec4(first, second, third, below * 0x1p15 - third), local);
  let tail = two_sum(sums.y * 0x1p-15, (sums.z + sums.w) * 0x1p-30, uniforms.zero);
  let sum = add(DoubleSingle(sums.x, 0.0), tail, uniforms.zero);
  return DoubleSingle(scale(sum.high, exponent), scale(sum.low, exponent));
}
