/**
 * One natural-gradient step along the m-geodesic or the Levi-Civita geodesic; what leaves the simplex is cut off at 0.
 * Twin: shaders/steps/natural-gradient-step.wgsl
 */
import { centre, putTerms, ROUND, setAngle, SQUARED, STRAIGHT, weighted } from '../math/centred';
import { strideOf } from '../math/quads';

const HALF_PI: f64 = 1.5707963267948966;

export function naturalGradientSteps(rows: i32, _width: i32, out: usize, scratch: usize, p: usize, rowsOfP: i32, outcomes: i32, gradient: usize, rowsOfG: i32, _outcomesOfG: i32, stepSize: f64, alongM: f64): void {
  for (let row = 0; row < rows; row++) {
    const inverse = centre(p, outcomes, gradient, outcomes, stepSize, scratch);
    if (alongM === 0) {
      const r = Math.min(Math.sqrt(inverse * weighted(SQUARED, p, gradient, outcomes, scratch)) / 2, HALF_PI);
      setAngle(series(r * r, 22), 0.5 * series(r * r, 23));
    }
    const mass = weighted(alongM === 0 ? ROUND : STRAIGHT, p, gradient, outcomes, scratch);
    putTerms(out, outcomes, scratch, 1 / mass);
    out += (<usize>outcomes) << 2;
    p += strideOf(rowsOfP, outcomes);
    gradient += strideOf(rowsOfG, outcomes);
  }
}

/** 1 − z/(n(n − 1)) (1 − …) with n even: cos √z; with n odd: sin √z / √z. For z ≤ π²/4. */
function series(z: f64, degree: i32): f64 {
  let y: f64 = 1;
  for (let n = degree; n > 1; n -= 2) y = 1 - (y * z) / <f64>(n * (n - 1));
  return y;
}
