// (A + ridge I) x = b for symmetric positive definite A, step by step in what the result holds: first the columns of V with
// A + ridge I = V D⁻¹ Vᵀ, D its diagonal, then corrections by residuals in double-single. Twin: src/linear/solve.ts
const CONVERGED: f32 = 0.0;
const INFEASIBLE: f32 = 2.0;
const IMPRECISE: f32 = 6.0;
const GOES_ON: u32 = 0x3f800001u; // a number of f32 whose last byte is not 0

// Of a row: x, the status, whether it goes on, what is left of b, which becomes a correction or a direction, and the columns of V.
fn x_at(row: u32, i: u32) -> u32 {
  return row * uniforms.width + i;
}

fn rest_at(row: u32, i: u32) -> u32 {
  return x_at(row, uniforms.outcomes + 2u + i);
}

fn factor_at(row: u32, j: u32, i: u32) -> u32 {
  return x_at(row, 2u * uniforms.outcomes + 2u + j * uniforms.outcomes + i);
}

fn end_with(row: u32, status: f32, goes_on: f32) {
  solved[x_at(row, uniforms.outcomes)] = status;
  solved[x_at(row, uniforms.outcomes + 1u)] = goes_on;
}

fn entry(row: u32, i: u32, j: u32) -> f32 {
  let lower = max(i, j);
  return matrix[matrix_row(row) + min(i, j) + select(lower * uniforms.outcomes, lower * (lower + 1u) / 2u, uniforms.packed == 1u)];
}

fn find_column(row: u32, j: u32, local: u32) {
  for (var i = j + lane_of(local); i < uniforms.outcomes; i += LANES) {
    var left = DoubleSingle(entry(row, i, j) + select(0.0, uniforms.ridge, i == j), 0.0);
    for (var k = 0u; k < j; k++) {
      let product = -solved[factor_at(row, k, i)] * (solved[factor_at(row, k, j)] / solved[factor_at(row, k, k)]);
      let sum = two_sum(left.high, product, uniforms.zero);
      left = DoubleSingle(sum.high, left.low + sum.low);
    }
    solved[factor_at(row, j, i)] = left.high + left.low;
  }
  meet();
  let pivot = solved[factor_at(row, j, j)];
  let least = uniforms.least_pivot * abs(entry(row, j, j) + uniforms.ridge);
  if (agreed(!(pivot > least), local)) {
    for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {
      let share = -solved[factor_at(row, min(k, j), j)] / solved[factor_at(row, min(k, j), min(k, j))];
      solved[rest_at(row, k)] = select(select(0.0, 1.0, k == j), share, k < j);
    }
    find_correction(row, j, local);
    refuse(row, select(IMPRECISE, INFEASIBLE, pivot < -least), local);
  }
}

// V⁻ᵀ D of the first numbers of what is left.
fn find_correction(row: u32, count: u32, local: u32) {
  meet();
  for (var i = count; i > 1u; i--) {
    let own = i - 1u;
    let correction = solved[rest_at(row, own)];
    for (var k = lane_of(local); k < own; k += LANES) {
      solved[rest_at(row, k)] -= solved[factor_at(row, k, own)] / solved[factor_at(row, k, k)] * correction;
    }
    meet();
  }
}

fn refuse(row: u32, status: f32, local: u32) {
  for (var i = lane_of(local); i < uniforms.outcomes; i += LANES) {
    solved[x_at(row, i)] = solved[rest_at(row, i)];
  }
  end_with(row, status, 0.0);
}

fn correct(row: u32, is_last: bool, local: u32) {
  for (var i = lane_of(local); i < uniforms.outcomes; i += LANES) {
    let ridge = two_product(-uniforms.ridge, solved[x_at(row, i)], uniforms.zero);
    var sum = add(DoubleSingle(right[right_row(row) + i], 0.0), ridge, uniforms.zero);
    for (var j = 0u; j < uniforms.outcomes; j++) {
      sum = add(sum, two_product(-entry(row, i, j), solved[x_at(row, j)], uniforms.zero), uniforms.zero);
    }
    solved[rest_at(row, i)] = sum.high + sum.low;
  }
  meet();
  for (var j = 0u; j < uniforms.outcomes; j++) {
    let share = solved[rest_at(row, j)] / solved[factor_at(row, j, j)];
    for (var i = j + 1u + lane_of(local); i < uniforms.outcomes; i += LANES) {
      solved[rest_at(row, i)] -= solved[factor_at(row, j, i)] * share;
    }
    meet();
  }
  for (var j = lane_of(local); j < uniforms.outcomes; j += LANES) {
    solved[rest_at(row, j)] /= solved[factor_at(row, j, j)];
  }
  find_correction(row, uniforms.outcomes, local);
  var sizes = vec4(0.0);
  for (var i = lane_of(local); i < uniforms.outcomes; i += LANES) {
    let correction = solved[rest_at(row, i)];
    let x = solved[x_at(row, i)] + correction;
    solved[x_at(row, i)] = x;
    sizes = max(sizes, abs(vec4(correction, x, 0.0, 0.0)));
  }
  sizes = max_over_lanes(sizes, local);
  let is_close = sizes.x <= 0x1p-22 * sizes.y;
  end_with(row, select(IMPRECISE, CONVERGED, is_close), select(1.0, 0.0, sizes.x <= 0x1p-24 * sizes.y));
  if (agreed(is_last && !is_close, local)) {
    refuse(row, IMPRECISE, local);
  }
}

fn compute_item(row: u32, local: u32) {
  if (uniforms.first_step == 0u) {
    for (var i = lane_of(local); i < uniforms.outcomes; i += LANES) {
      solved[x_at(row, i)] = 0.0;
    }
    end_with(row, CONVERGED, 1.0);
  }
  for (var step = uniforms.first_step; step < uniforms.first_step + uniforms.steps; step++) {
    meet();
    if (!agreed(solved[x_at(row, uniforms.outcomes + 1u)] > 0.0, local)) {
      break;
    }
    if (step < uniforms.outcomes) {
      find_column(row, step, local);
    } else {
      correct(row, step == uniforms.last_step, local);
    }
  }
  meet();
  if (solved[x_at(row, uniforms.outcomes + 1u)] > 0.0) {
    solved[uniforms.rows * uniforms.width] = bitcast<f32>(GOES_ON);
  }
}
