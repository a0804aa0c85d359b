// log(q/p) of a pair as a DoubleSingle: 2^-32 and better beside the rounding of the pair itself, and relative to log(q/p) near q = p.
// Twin: src/math/alpha-term.ts (logRatio)

// log 2 in two parts (Cody & Waite). The first has 9 bits, so that its products with |n| <= 2^15 are exact.
const LOG2_LEADING: f32 = 0.693359375;
const LOG2_TRAILING: f32 = -2.12194440054690583e-4;

fn log_of_pair(pair: Pair) -> DoubleSingle {
  var u = pair.u;
  var d = pair.d;
  var k = pair.k;
  if (d > 0.41421356 * u) { // q0 is to be the power of two times p that is nearest to q
    d -= u;
    u *= 2.0;
    k += 1;
  } else if (d < -0.29289322 * u) {
    u *= 0.5;
    d += u;
    k -= 1;
  }
  let sum = two_sum(2.0 * u, d, uniforms.zero);
  let s = d / sum.high;
  let product = two_product(s, sum.high, uniforms.zero);
  let rest = (((d - product.high) - product.low) - s * sum.low) / sum.high;
  let tail = 2.0 * s * s * s * atanh_tail(s * s);
  let head = two_sum(f32(k) * LOG2_LEADING, 2.0 * s, uniforms.zero);
  return two_sum(head.high, head.low + (fma(f32(k), LOG2_TRAILING, 2.0 * rest) + tail), uniforms.zero);
}
