/** What every consumer computes, and what is right, by the definitions in f64. */
const P = [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]];
const Q = [[0.25, 0.25, 0.5], [0.7, 0.2, 0.1]];
const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);
const klOf = (p, q) => sum(p.map((x, k) => x * Math.log(x / q[k])));
const hellingerOf = (p, q) => sum(p.map((x, k) => 2 * (Math.sqrt(x) - Math.sqrt(q[k])) ** 2));
const triangularOf = (p, q) => sum(p.map((x, k) => (x - q[k]) ** 2 / (x + q[k])));

function compare(what, got, right) {
  const isRight = got.length === right.length && right.every((x, i) => Math.abs(got[i] - x) <= 4e-7 * Math.abs(x));
  if (!isRight) throw new Error(`${what}: ${got.join(', ')} for ${right.join(', ')}`);
}

/** Opens an engine and computes; where it computed, or an error if that is wrong. The library is handed in, entry by entry. */
export async function check(open, { klDivergence, alphaDivergence, divergenceMatrix, triangular }) {
  const engine = await open();
  try {
    const p = engine.rows(P, { outcomes: 3 });
    const q = engine.rows(new Float32Array(Q.flat()), { outcomes: 3, form: 'weights' });
    const kl = klDivergence(p, q);
    compare('klDivergence', await kl.read(), P.map((row, i) => klOf(row, Q[i])));
    compare('alphaDivergence', await alphaDivergence(p, q, { alpha: 0 }).read(), P.map((row, i) => hellingerOf(row, Q[i])));
    compare('divergenceMatrix', await divergenceMatrix(p, q, { divergence: klDivergence }).read(), P.flatMap((row) => Q.map((other) => klOf(row, other))));
    if (triangular) compare('triangular', await triangular(p, q).read(), P.map((row, i) => triangularOf(row, Q[i])));
    return `${kl.report.backend}: ${kl.report.adapter}`;
  } finally {
    engine.dispose();
  }
}

/** Waits until long runs on the CPU are shared with workers. */
export async function checkThreads(open, { klDivergence }, seconds = 60) {
  const engine = await open();
  try {
    const p = engine.rows(new Float32Array(4e6).fill(0.1), { outcomes: 10 });
    let adapter = '';
    for (const end = Date.now() + 1000 * seconds; !adapter.includes('threads'); ) {
      const kl = klDivergence(p, p);
      if ((await kl.read()).some((x) => x !== 0)) throw new Error('klDivergence of equal rows is not 0');
      adapter = kl.report.adapter;
      if (Date.now() > end) throw new Error(`no threads: ${adapter}`);
    }
    return adapter;
  } finally {
    engine.dispose();
  }
}
