import { relativeError } from '../host/relative-error.ts';
import { ulp } from '../src/engine/certificate.ts';
import { alphaDivergence, alphaDivergenceMatrix, divergenceMatrix, jensenShannonDivergence } from '../src/index.ts';
import type { Engine, Tensor } from '../src/index.ts';
import { alphaDivergenceOfLogits, alphaDivergenceOfWeights } from '../src/math/alpha-family.ts';
import { jensenShannonOfLogits, jensenShannonOfWeights } from '../src/math/jensen-shannon.ts';
import { regimeBatches, type Regime, type RegimeBatch } from './regime-rows.ts';
import type { Mode, RegimeFigure } from './report.ts';
import { Tally } from './tally.ts';

/** α, and Jensen–Shannon among them. */
type Measured = number | 'Jensen–Shannon';

const measured: readonly Measured[] = [-3, -2, -1, -0.5, 0, 0.5, 1 - 1e-7, 1, 2, 3, 'Jensen–Shannon'];
const allowed = 4;
const smallestNormal = 2 ** -126; // a smaller result may be flushed to zero

/** Measures on one engine what rows of people's own data are like, against the f64 reference. */
export async function sweepRegimes(
  engine: Engine,
  mode: Mode,
  onProgress: (part: string, done: number, total: number) => void,
): Promise<{ readonly regimes: readonly RegimeFigure[]; readonly failures: readonly string[] }> {
  const place = engine.info.backend;
  const tallies = new Map<Regime, Tally<string>>();
  const failures: string[] = [];
  const batches = regimeBatches(mode);
  for (const [index, batch] of batches.entries()) {
    onProgress(batch.regime, index, batches.length);
    const tally = tallies.get(batch.regime) ?? new Tally<string>();
    tallies.set(batch.regime, tally);
    using p = engine.rows(batch.p, { outcomes: batch.outcomes, form: batch.form });
    using q = engine.rows(batch.q, { outcomes: batch.outcomes, form: batch.form });
    for (const of of measured) {
      const where = `${batch.what}, ${batch.outcomes} outcomes, ${typeof of === 'number' ? `α = ${of}` : of}`;
      using result = resultOf(batch, p, q, of);
      const errors = errorsOf(batch, await result.read(), of);
      for (const error of errors) tally.add(error, where);
      const worst = Math.max(...errors);
      if (!(worst <= allowed)) failures.push(`${batch.regime} on ${place}, ${where}: ${worst.toPrecision(3)} ulp`);
    }
  }
  return {
    regimes: [...tallies].map(([regime, tally]) => ({ regime, place, ...tally.errors, worstAt: tally.worstAt! })),
    failures,
  };
}

function resultOf({ regime }: RegimeBatch, p: Tensor, q: Tensor, of: Measured): Tensor {
  if (regime !== 'all pairs')
    return of === 'Jensen–Shannon' ? jensenShannonDivergence(p, q) : alphaDivergence(p, q, { alpha: of });
  if (of === 'Jensen–Shannon') return divergenceMatrix(p, q, { divergence: jensenShannonDivergence });
  return alphaDivergenceMatrix(p, q, { alpha: of });
}

/** In ulp, of every result. */
function errorsOf({ regime, form, outcomes, p, q }: RegimeBatch, got: Float32Array, of: Measured): number[] {
  const rows = q.length / outcomes;
  const row = (data: Float32Array, index: number): Float32Array =>
    data.subarray(index * outcomes, (index + 1) * outcomes);
  return Array.from(got, (value, cell) => {
    const [i, j] = regime === 'all pairs' ? [Math.floor(cell / rows), cell % rows] : [cell, cell];
    return errorOf(value, exact(form, row(p, i), row(q, j), of));
  });
}

function exact(form: RegimeBatch['form'], p: Float32Array, q: Float32Array, of: Measured): number {
  if (form === 'logits')
    return of === 'Jensen–Shannon' ? jensenShannonOfLogits(p, q, 0.5) : alphaDivergenceOfLogits(p, q, of);
  return of === 'Jensen–Shannon' ? jensenShannonOfWeights(p, q, 0.5) : alphaDivergenceOfWeights(p, q, of);
}

function errorOf(got: number, expected: number): number {
  if (Math.fround(expected) === Infinity) return relativeError(got, Infinity);
  if (Math.abs(expected) < smallestNormal) return Math.abs(got - expected) / smallestNormal / ulp;
  return relativeError(got, expected) / ulp;
}
