import { klDivergence, openEngine, renyiDivergence, type Engine, type RunReport, type Tensor } from '../src/index.ts';
import type { Operation } from '../src/engine/operation.ts';
import { randomInputs } from './inputs.ts';
import type { AutoReport, AutoRow } from './auto-report.ts';
import { sampleOf, type Sample } from './rounds.ts';

const ROWS = [1, 16, 256, 4096, 65_536];
const OUTCOMES = [2, 32, 1024];
/** One that WebAssembly does fast, and one that the CPU has only by the reference. */
const operations: Readonly<Record<string, (p: Tensor, q: Tensor) => Tensor>> = {
  klDivergence,
  renyiDivergence: (p, q) => renyiDivergence(p, q, { order: 0.5 }),
};
/** Rounds of a shape, the first number even if they take longer than the milliseconds, unless one takes as long as that. */
const [FEWEST, MOST, BUDGET] = [3, 25, 1500];
/** Milliseconds that a sample takes at least, if need be of several reads: clocks are coarse. */
const SAMPLE = 0.5;

type Place = 'webgpu' | 'cpu' | 'auto';
const PLACES: readonly Place[] = ['webgpu', 'cpu', 'auto'];

/** Times an engine that chooses by itself beside engines that are told, on new data each time. */
export async function runAuto(onProgress: (part: string, done: number, total: number) => void): Promise<AutoReport> {
  const cells = Object.keys(operations).flatMap((operation) => OUTCOMES.flatMap((outcomes) => ROWS.map((rows) => ({ operation, rows, outcomes }))));
  cells.sort((a, b) => a.rows * a.outcomes - b.rows * b.outcomes);
  const engines = new Map<Place, Engine>();
  for (const backend of PLACES) engines.set(backend, await openEngine({ backend }));
  const rows: AutoRow[] = [];
  for (const [index, cell] of cells.entries()) {
    onProgress(`${cell.operation} ${cell.rows}×${cell.outcomes}`, index, cells.length);
    rows.push(await measureCell(cell, engines));
  }
  const { adapter } = engines.get('webgpu')!.info;
  for (const engine of engines.values()) engine.dispose();
  return { date: new Date().toISOString(), adapter, browser: navigator.userAgent, rows };
}

interface TimedRun {
  /** Of one read, on average. */
  readonly milliseconds: number;
  readonly reports: readonly RunReport[];
}

async function measureCell({ operation, rows, outcomes }: { operation: string; rows: number; outcomes: number }, engines: ReadonlyMap<Place, Engine>): Promise<AutoRow> {
  const [p, q] = twoBatches(rows, outcomes);
  const times = new Map<Place, number[]>(PLACES.map((place) => [place, []]));
  const taken: ('webgpu' | 'cpu')[] = [];
  let last: RunReport | undefined;
  const read = async (engine: Engine): Promise<RunReport> => {
    using a = engine.rows(p, { outcomes });
    using b = engine.rows(q, { outcomes });
    using result = operations[operation]!(a, b);
    await result.read();
    return result.report;
  };
  const run = async (place: Place): Promise<TimedRun> => {
    const start = performance.now();
    const reports: RunReport[] = [];
    do reports.push(await read(engines.get(place)!)); while (performance.now() - start < SAMPLE);
    return { milliseconds: (performance.now() - start) / reports.length, reports };
  };
  const note = (place: Place, { milliseconds, reports }: TimedRun): void => {
    times.get(place)!.push(milliseconds);
    if (place !== 'auto') return;
    last = reports.at(-1)!;
    taken.push(last.backend === 'webgpu' ? 'webgpu' : 'cpu');
  };
  for (const place of PLACES) {
    const first = await run(place); // compiles, except where it takes so long that this does not count
    if (first.milliseconds > 4 * BUDGET) note(place, first);
  }
  const start = performance.now();
  const isOver = (round: number): boolean => performance.now() - start > (round < FEWEST ? 4 * BUDGET : BUDGET);
  for (let round = 0; round < MOST && (round === 0 || !isOver(round)); round++) {
    for (let turn = 0; turn < PLACES.length; turn++) {
      const place = PLACES[(round + turn) % PLACES.length]!;
      const count = times.get(place)!.length;
      if (count === 0 || (count <= round && !isOver(round))) note(place, await run(place));
    }
  }
  const sample = (place: Place): Sample => sampleOf(times.get(place)!);
  return {
    operation, rows, outcomes, webgpu: sample('webgpu'), cpu: sample('cpu'), auto: sample('auto'),
    onWebgpu: taken.filter((place) => place === 'webgpu').length, predicted: last!.predicted ?? {}, reason: last!.reason,
  };
}

/** Distributions that lie in one array, of which the second batch begins a row later; some thousand of them over and over. */
function twoBatches(rows: number, outcomes: number): [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const [some] = randomInputs(klDivergence.operation as Operation, { rows: Math.min(rows + 1, 4097), outcomes });
  const all = new Float32Array((rows + 1) * outcomes);
  for (let at = 0; at < all.length; at += some!.length) all.set(some!.subarray(0, all.length - at), at);
  return [all.subarray(0, rows * outcomes), all.subarray(outcomes)];
}
