// A caller's own term of a Bregman divergence, `generator`, of p, q and p - q.
// The table has 1 where a term without p, without q is infinite.
// Twin: src/divergences/define-bregman.ts
fn load_constants() {
}

fn divergence_term(pair: Pair) -> f32 {
  return generator(pair.p, pair.q, -difference_of(pair));
}

fn term_without_p(q: f32) -> f32 {
  if (table[0].x > 0.0) {
    return -1.0;
  }
  return generator(0.0, q, -q);
}

fn term_without_q(p: f32) -> f32 {
  if (table[0].y > 0.0) {
    return -1.0;
  }
  return generator(p, 0.0, p);
}
