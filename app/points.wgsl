// The addresses as shaded discs that face the eye, and the line that joins them in the order of time.
// Drawn by app/point-map.ts.

struct View {
  projection: mat4x4f,
  to_clip: vec2f,  // clip units a pixel
  radius: f32,     // of a disc, in pixels
  line_alpha: f32,
}

@group(0) @binding(0) var<uniform> view: View;

struct Point {
  @location(0) position: vec3f,
  @location(1) emphasis: f32,  // 1, or larger for the picked ones
  @location(2) colour: vec3f,
}

struct Varying {
  @builtin(position) position: vec4f,
  @location(0) offset: vec2f,  // from the disc's centre, in radii
  @location(1) colour: vec3f,
  @location(2) pixels: f32,    // a radius
}

@vertex
fn disc_vertex(point: Point, @builtin(vertex_index) corner: u32) -> Varying {
  // Two triangles of a square a little wider than the disc, so that its soft rim fits.
  var corners = array(vec2f(-1, -1), vec2f(1, -1), vec2f(-1, 1), vec2f(-1, 1), vec2f(1, -1), vec2f(1, 1));
  let offset = corners[corner] * 1.15;
  let centre = view.projection * vec4f(point.position, 1);
  let pixels = view.radius * point.emphasis / centre.w;
  let shift = offset * pixels * view.to_clip * centre.w;
  return Varying(centre + vec4f(shift, 0, 0), offset, point.colour, pixels);
}

@fragment
fn disc_fragment(in: Varying) -> @location(0) vec4f {
  let distance = length(in.offset);
  let coverage = clamp((1 - distance) * in.pixels + 0.5, 0, 1);
  if (coverage == 0) { discard; }
  // A sphere lit from the upper left.
  let height = sqrt(max(1 - distance * distance, 0.0));
  let light = 0.72 + 0.38 * max(dot(vec3f(in.offset, height), normalize(vec3f(-0.5, 0.6, 0.62))), 0.0);
  return vec4f(min(in.colour * light, vec3f(1)) * coverage, coverage);
}

@vertex
fn line_vertex(point: Point) -> Varying {
  return Varying(view.projection * vec4f(point.position, 1), vec2f(0), point.colour, 0);
}

@fragment
fn line_fragment(in: Varying) -> @location(0) vec4f {
  return vec4f(in.colour * view.line_alpha, view.line_alpha);
}
