import { alphaDivergence, type Engine, type Tensor } from '../src/index.ts';
import { alphaDivergenceOfLogits, alphaDivergenceOfWeights } from '../src/math/alpha-family.ts';
import { grids, type Grid } from './grid.ts';
import { naiveAlphaDivergence } from './naive.ts';
import type { Figure, Mode, Place, Total } from './report.ts';
import { Results } from './results.ts';
import { isEasy, makePairs, type Pairs, type RowForm } from '../host/pairs.ts';

export interface SweepReport {
  readonly totals: readonly Total[];
  readonly figures: readonly Figure[];
  readonly failures: readonly string[];
}

export type OnProgress = (part: string, done: number, total: number) => void;

/** Compares the α-divergence of many rows, the library's and the naive kernel's, with the f64 reference. */
export async function sweep(engine: Engine, mode: Mode, onProgress: OnProgress): Promise<SweepReport> {
  const sweeps = (['probabilities', 'logits'] as const).map((form) => new FormSweep(engine, form));
  const batches = sweeps.flatMap((of) =>
    grids[mode].flatMap((grid) => grid.outcomes.map((outcomes) => ({ of, grid, outcomes }))),
  );
  const total = batches.reduce((sum, { grid }) => sum + grid.alphas.length, 0);
  let done = 0;
  for (const { of, grid, outcomes } of batches) {
    await of.batch(grid, outcomes, () => onProgress(`${of.form} of ${outcomes} outcomes`, done++, total));
  }
  return {
    totals: sweeps.flatMap(({ results }) => results.map(({ total: of }) => of)),
    figures: sweeps.flatMap(({ results }) => results.flatMap(({ figures }) => figures)),
    failures: sweeps.flatMap(({ failures }) => failures),
  };
}

/** The part of the sweep over rows of one form. */
class FormSweep {
  readonly form: RowForm;
  readonly results: readonly Results[];
  readonly failures: string[] = [];
  readonly #engine: Engine;
  readonly #library: Results;
  readonly #naive: Results;
  readonly #naiveEasy: Results;

  constructor(engine: Engine, form: RowForm) {
    this.#engine = engine;
    this.form = form;
    this.#library = new Results(form, 'dually');
    this.#naive = new Results(form, 'naive');
    this.#naiveEasy = new Results(form, 'naiveEasy');
    this.results = [this.#library, this.#naive, this.#naiveEasy];
  }

  /** Rows of one length, which stay on the device for every α. */
  async batch({ alphas, distances, each }: Grid, outcomes: number, onAlpha: () => void): Promise<void> {
    const pairs = makePairs(this.form, outcomes, distances, each);
    using p = this.#engine.rows(pairs.p, { outcomes, form: this.form });
    using q = this.#engine.rows(pairs.q, { outcomes, form: this.form });
    for (const alpha of alphas) {
      onAlpha();
      const expected = exactValues(pairs, alpha);
      const places = pairs.distances.map((distance) => ({ alpha, distance, outcomes }));
      const naive = await valuesOf(naiveAlphaDivergence(p, q, { alpha }));
      expected.forEach((value, row) => {
        this.#naive.add(naive[row]!, value, places[row]!);
        if (isEasy(pairs, row)) this.#naiveEasy.add(naive[row]!, value, places[row]!);
      });
      const got = await valuesOf(alphaDivergence(p, q, { alpha }));
      const errors = expected.map((value, row) => this.#library.add(got[row]!, value, places[row]!));
      this.#judge(errors, places[0]!);
    }
  }

  #judge(errors: readonly number[], { alpha, outcomes }: Place): void {
    const allowed = alphaDivergence.operation.tolerance.ulps({ alpha });
    const beyond = errors.filter((error) => !(error <= allowed));
    if (beyond.length === 0) return;
    const worst = Math.max(...beyond).toPrecision(3);
    this.failures.push(
      `${this.form} of ${outcomes} outcomes, α = ${alpha}: ` +
        `${beyond.length} of ${errors.length} rows beyond ${allowed} ulp, ` +
        `the worst ${worst} ulp`,
    );
  }
}

async function valuesOf(result: Tensor): Promise<Float32Array> {
  try {
    return await result.read();
  } finally {
    result.dispose();
  }
}

function exactValues({ form, outcomes, distances, p, q }: Pairs, alpha: number): number[] {
  const divergence = form === 'logits' ? alphaDivergenceOfLogits : alphaDivergenceOfWeights;
  return distances.map((_, row) => {
    const [start, end] = [row * outcomes, (row + 1) * outcomes];
    return divergence(p.subarray(start, end), q.subarray(start, end), alpha);
  });
}
