// (A + ridge I) x = b for symmetric positive definite A: Cholesky's factor, a row a lane, and corrections by residuals in
// double-single, so that x is right to f32 where A is far enough from singular. Twin: src/linear/solve.ts
const CONVERGED: f32 = 0.0;
const INFEASIBLE: f32 = 2.0;
const IMPRECISE: f32 = 6.0;
const CORRECTIONS: u32 = 7u;

// The factor below its diagonal, row by row in whole quads, and the inverse of the diagonal.
var<private> factor: array<vec4<f32>, 544>;
var<private> inverse: array<f32, 64>;
var<private> x: array<f32, 64>;
var<private> rest: array<vec4<f32>, 16>; // becomes the correction, or a direction in which the matrix is not positive

fn factor_row(i: u32) -> u32 {
  return (i / 4u + 1u) * (2u * (i / 4u) + i % 4u);
}

fn entry(start: u32, i: u32, j: u32) -> f32 {
  let row = max(i, j);
  return matrix[start + min(i, j) + select(row * (uniforms.width - 1u), row * (row + 1u) / 2u, uniforms.packed == 1u)];
}

fn factorise(start: u32) -> f32 {
  var status = CONVERGED;
  for (var i = 0u; i + 1u < uniforms.width && status == CONVERGED; i++) {
    for (var j = 0u; j <= i; j++) {
      var sum = Accumulator();
      for (var k = 0u; k <= j / 4u; k++) {
        accumulate(&sum, factor[factor_row(i) + k] * factor[factor_row(j) + k], uniforms.zero);
      }
      let products = total_of(sum);
      let whole = entry(start, i, j) + select(0.0, uniforms.ridge, i == j);
      let left = whole - ((products.x + products.y) + (products.z + products.w));
      if (j < i) {
        factor[factor_row(i) + j / 4u][j % 4u] = left * inverse[j];
      } else {
        let least = uniforms.least_pivot * abs(whole);
        if (!(left > least)) {
          status = select(IMPRECISE, INFEASIBLE, left < -least);
          find_direction(i);
        }
        inverse[i] = 1.0 / sqrt_accurate(max(left, least));
      }
    }
  }
  return status;
}

// From the row of the pivot that is not positive.
fn find_direction(last: u32) {
  for (var k = 0u; k <= last / 4u; k++) {
    rest[k] = -factor[factor_row(last) + k];
  }
  _ = backwards(last);
  rest[last / 4u][last % 4u] = 1.0;
}

fn find_rest(start: u32, right_start: u32) {
  for (var i = 0u; i + 1u < uniforms.width; i++) {
    let ridge = two_product(-uniforms.ridge, x[i], uniforms.zero);
    var sum = add(DoubleSingle(right[right_start + i], 0.0), ridge, uniforms.zero);
    for (var j = 0u; j + 1u < uniforms.width; j++) {
      sum = add(sum, two_product(-entry(start, i, j), x[j], uniforms.zero), uniforms.zero);
    }
    rest[i / 4u][i % 4u] = sum.high + sum.low;
  }
}

// By what each number takes from those before it; beyond its diagonal a row of the factor is 0.
fn backwards(count: u32) -> vec2<f32> {
  var sizes = vec2(0.0);
  for (var i = count; i > 0u; i--) {
    let own = i - 1u;
    let correction = rest[own / 4u][own % 4u] * inverse[own];
    for (var k = 0u; k <= own / 4u; k++) {
      rest[k] -= factor[factor_row(own) + k] * correction;
    }
    rest[own / 4u][own % 4u] = correction;
    x[own] += correction;
    sizes = max(sizes, abs(vec2(correction, x[own])));
  }
  return sizes;
}

fn correct() -> vec2<f32> {
  for (var i = 0u; i + 1u < uniforms.width; i++) {
    var sum = rest[i / 4u][i % 4u];
    for (var k = 0u; k <= i / 4u; k++) {
      sum -= dot(factor[factor_row(i) + k], rest[k]);
    }
    rest[i / 4u][i % 4u] = sum * inverse[i];
  }
  return backwards(uniforms.width - 1u);
}

fn compute_item(row: u32, local: u32) {
  let start = matrix_row(row);
  var status = factorise(start);
  var sizes = vec2(1.0);
  for (var step = 0u; step <= CORRECTIONS && status == CONVERGED && sizes.x > 0x1p-24 * sizes.y; step++) {
    find_rest(start, right_row(row));
    sizes = correct();
  }
  status = select(status, IMPRECISE, status == CONVERGED && !(sizes.x <= 0x1p-22 * sizes.y));
  for (var i = 0u; i + 1u < uniforms.width; i++) {
    solved[row * uniforms.width + i] = select(rest[i / 4u][i % 4u], x[i], status == CONVERGED);
  }
  solved[row * uniforms.width + uniforms.width - 1u] = status;
}
