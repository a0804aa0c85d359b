// The main job, through the library's public names and nothing else.
import {
  alphaDivergenceMatrix,
  fisherInformation,
  klDivergence,
  mirrorDescent,
  type Engine,
  type Tensor,
} from '../src/index.ts';
import type { Corpus } from './corpus.ts';
import { addressDistributions, mostFrequent, presidentDistributions, type Rows } from './distributions.ts';
import { findings, hellingerFromAlpha0 } from './findings.ts';
import { mixtures, worstDualityGap } from './mixture.ts';
import type { JobReport, JobRow } from './report.ts';

export interface JobListener {
  onProgress(part: string, done: number, total: number): void;
  onRow?(row: JobRow): void; // also for a result whose certificate failed, before the job ends with that error
}

const ALPHAS = [-1, -0.5, 0, 0.5, 1];
const FREQUENT_WORDS = 64;
const STEPS = 200;
// Relative to the entropy the objective is max_m Σ_k t_k r_mk / (wR)_k-smooth, about 1 near its minimum, so that step
// size 1 descends. On this corpus 4 still descends in every step of every address and comes nearer; 8 does not.
const STEP_SIZE = 4;

/** Runs every part; whether and how results are checked is the engine's matter. */
export async function runJob(engine: Engine, corpus: Corpus, listener: JobListener): Promise<JobReport> {
  const addresses = addressDistributions(corpus);
  const presidents = presidentDistributions(corpus);
  const run = new JobRun(engine, listener);
  const distances = await addressDistances(run, addresses);
  const presidentDivergences = alphaDivergenceMatrix(run.wrap(presidents), run.wrap(presidents), { alpha: 0 });
  const betweenPresidents = await run.evaluate(
    'alphaDivergenceMatrix of presidents, α = 0',
    presidentDivergences,
    2 * presidents.data.length,
  );
  const frequent = mostFrequent(addresses, FREQUENT_WORDS);
  await run.evaluate(
    'fisherInformation',
    fisherInformation(run.wrap(frequent), { coordinates: 'theta' }),
    frequent.data.length,
  );
  return {
    corpus: { addresses: addresses.rows, presidents: presidents.rows, vocabulary: addresses.outcomes },
    engine: { backend: engine.info.backend, adapter: engine.info.adapter, reason: engine.info.reason },
    rows: run.rows,
    objective: await nearestMixtures(run, corpus, addresses, presidents),
    findings: findings(corpus, distances, hellingerFromAlpha0(betweenPresidents)),
  };
}

/** Evaluates tensors one after the other and keeps a row of the table for each. */
class JobRun {
  readonly rows: JobRow[] = [];
  readonly #engine: Engine;
  readonly #listener: JobListener;

  constructor(engine: Engine, listener: JobListener) {
    this.#engine = engine;
    this.#listener = listener;
  }

  wrap({ data, outcomes }: Rows): Tensor {
    return this.#engine.rows(data, { outcomes });
  }

  async evaluate(operation: string, tensor: Tensor, numbersRead: number): Promise<Float32Array> {
    this.#listener.onProgress(operation, 0, 1);
    try {
      return await tensor.read({ onProgress: (done, total) => this.#listener.onProgress(operation, done, total) });
    } finally {
      if (tensor.report) this.#keep(operation, tensor, numbersRead);
      tensor.dispose();
    }
  }

  #keep(operation: string, { report, shape }: Tensor, numbersRead: number): void {
    const numbersWritten = shape.reduce((product, n) => product * n, 1);
    const row: JobRow = { operation, report: report, bytes: 4 * (numbersRead + numbersWritten) };
    this.rows.push(row);
    this.#listener.onRow?.(row);
  }
}

/** All pairs of addresses for every α of the job; returns the Hellinger distances, which α = 0 gives. */
async function addressDistances(run: JobRun, addresses: Rows): Promise<Float32Array> {
  const rows = run.wrap(addresses);
  const results = new Map<number, Float32Array>();
  for (const alpha of ALPHAS) {
    const operation = `alphaDivergenceMatrix, α = ${String(alpha).replace('-', '−')}`;
    results.set(
      alpha,
      await run.evaluate(operation, alphaDivergenceMatrix(rows, rows, { alpha }), 2 * addresses.data.length),
    );
  }
  return hellingerFromAlpha0(results.get(0)!);
}

/** For each address the mixture w R of the other presidents' language R that minimises KL(address ‖ w R). */
async function nearestMixtures(
  run: JobRun,
  corpus: Corpus,
  addresses: Rows,
  presidents: Rows,
): Promise<JobReport['objective']> {
  const targets = run.wrap(addresses);
  const start = othersEqually(corpus);
  const meanObjective = async (operation: string, weights: Rows): Promise<number> => {
    const divergence = klDivergence(targets, run.wrap(mixtures(weights, presidents)));
    const values = await run.evaluate(operation, divergence, 2 * addresses.data.length);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const before = await meanObjective('klDivergence to the first mixtures', start);
  const objective = { kind: 'alphaDivergence', alpha: -1, targets, components: run.wrap(presidents) } as const;
  const descent = mirrorDescent(run.wrap(start), objective, { stepSize: STEP_SIZE, steps: STEPS });
  const readAStep = addresses.data.length + presidents.data.length + 2 * start.data.length;
  const weights = { ...start, data: await run.evaluate(`mirrorDescent, ${STEPS} steps`, descent, STEPS * readAStep) };
  return {
    start: before,
    end: await meanObjective('klDivergence to the last mixtures', weights),
    worstGap: worstDualityGap(weights, presidents, addresses, (row, m) => corpus.addresses[row]!.president !== m),
    steps: STEPS,
    stepSize: STEP_SIZE,
  };
}

/** Weights [addresses, presidents]: the same for every other president, none for one's own. */
function othersEqually({ addresses, presidents }: Corpus): Rows {
  const outcomes = presidents.length;
  const data = new Float32Array(addresses.length * outcomes).fill(1 / (outcomes - 1));
  addresses.forEach(({ president }, row) => (data[row * outcomes + president] = 0));
  return { data, rows: addresses.length, outcomes };
}
