// The digamma function of max(x, 2^-126), to 2 ulp, also next to its root.
// Twin: src/program/functions.ts (digamma)
const ROOT_HIGH: f32 = 1.46163213253021240;
const ROOT_LOW: f32 = 1.2438150e-8;

// psi(2 + u)/(2 + u - root) for |u| <= 1, economised to degree 14.
fn digamma_slope(u: f32) -> f32 {
  var y = fma(5.9118407e-05, u, -0.00011828127);
  y = fma(y, u, 1.500264e-05);
  y = fma(y, u, -3.0243948e-05);
  y = fma(y, u, 0.0003937546);
  y = fma(y, u, -0.0007899766);
  y = fma(y, u, 0.0013335049);
  y = fma(y, u, -0.00269029);
  y = fma(y, u, 0.0055575822);
  y = fma(y, u, -0.01134909);
  y = fma(y, u, 0.023446808);
  y = fma(y, u, -0.04955003);
  y = fma(y, u, 0.10899993);
  y = fma(y, u, -0.26073897);
  return fma(y, u, 0.7853075);
}

fn digamma(argument: f32) -> f32 {
  let x = max(argument, 0x1p-126);
  if (x >= 3.0) { // log x - 1/2x - 1/12x^2 + ..., economised
    let inverse = 1.0 / x;
    let z = inverse * inverse;
    let series = fma(fma(fma(-0.0029663488, z, 0.0038935132), z, -0.008331742), z, 0.08333333);
    return log_of(x) - inverse * fma(inverse, series, 0.5);
  }
  let below = select(0.0, 1.0, x < 1.0); // psi(x) = psi(x + 1) - 1/x, without the rounding of x + 1
  let y = (opaque(x - (ROOT_HIGH - below), uniforms.zero) - ROOT_LOW) * digamma_slope(x - (2.0 - below));
  return select(y, y - 1.0 / x, x < 1.0);
}
