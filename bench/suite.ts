import { messageOf } from '../host/element.ts';
import { operations } from '../host/operations.ts';
import type { Operation } from '../src/engine/operation.ts';
import { findDevice } from '../src/engine/webgpu/adapter.ts';
import { openEngine } from '../src/index.ts';
import { calibratedChain } from './ceilings.ts';
import { checkCosts } from './check.ts';
import { crossoverOf, OUTCOMES } from './crossover.ts';
import { measure } from './measure.ts';
import { isOfPairs } from './operations.ts';
import { PassTimer } from './pass-timer.ts';
import { casesOf, shapeOfCase } from './peer-cases.ts';
import { comparePeers } from './peer-suite.ts';
import type { Gpu } from './reach.ts';
import type { BenchReport, BenchRow, Crossover } from './report.ts';
import type { OnProgress, Pace } from './rounds.ts';
import { fitted, shapesOf, shapeText, type Mode } from './shapes.ts';

const paces: Readonly<Record<Mode, Pace>> = {
  quick: { rounds: 3, budget: 1500 },
  full: { rounds: 7, budget: 10_000 },
};

/** Every library has the same number of rounds, however slow it is. */
const peerPaces: Readonly<Record<Mode, Pace>> = {
  quick: { rounds: 3, budget: 10_000 },
  full: { rounds: 7, budget: 100_000 },
};

export interface Choice {
  readonly mode: Mode;
  /** Names of operations; none stands for all. */
  readonly only: readonly string[];
  /** Whether other libraries are timed at the same work. */
  readonly peers: boolean;
  /** What checks of samples cost, and nothing else. */
  readonly check: boolean;
  /** Nothing but the work of the peers, and no GPU. */
  readonly cpu: boolean;
}

/** Runs the benchmark on this page's adapter. What fails is reported, and the rest goes on. */
export async function runBench(
  { mode, only, peers, check, cpu }: Choice,
  onProgress: OnProgress,
): Promise<BenchReport> {
  const date = new Date().toISOString();
  const chosen = operations.filter(({ name }) => !cpu && !check && (only.length === 0 || only.includes(name)));
  const cases = chosen.flatMap((operation) => shapesOf(operation, mode).map((shape) => ({ operation, shape })));
  const found = cpu ? undefined : await findDevice(['timestamp-query']);
  const gpu = found && 'device' in found ? await calibrated(found.device) : undefined;
  const crossing = gpu ? chosen.filter((operation) => !isOfPairs(operation)) : [];
  const peerWork = peers ? casesOf(mode, only) : [];
  const total = cases.length + crossing.length + peerWork.length;
  let done = 0;
  const rows: BenchRow[] = [];
  const crossovers: Crossover[] = [];
  const failures: BenchReport['failures'][number][] = [];
  const attempt = async (operation: Operation, shape: string, work: () => Promise<unknown>): Promise<void> => {
    onProgress(`${operation.name} ${shape}`, done++, total);
    try {
      await work();
    } catch (error) {
      failures.push({ operation: operation.name, shape, message: messageOf(error) });
    }
  };
  for (const { operation, shape } of cases) {
    await attempt(operation, shapeText(shape), async () => {
      const fitting = await fitted(operation, shape);
      if (fitting) rows.push(...(await measure(operation, fitting, gpu, paces[mode])));
    });
  }
  for (const operation of crossing) {
    await attempt(operation, 'crossover', async () => crossovers.push(await crossoverOf(operation, gpu!.device)));
  }
  const peerRows = await comparePeers(peerWork, peerPaces[mode], { device: gpu?.device, cpuAlone: cpu }, (of) => {
    onProgress(`peers: ${of.task} ${shapeOfCase(of)}`, done++, total);
  });
  const checks = check ? await checkCosts(only, gpu?.device, onProgress) : undefined;
  gpu?.device.destroy();
  return {
    mode,
    date,
    adapter: found && 'device' in found ? found.adapter : null,
    cpuAlone: cpu,
    cores: navigator.hardwareConcurrency,
    isolated: crossOriginIsolated,
    browser: navigator.userAgent,
    clock: gpu?.timer ? 'timestamp-query' : 'queue',
    pace: paces[mode],
    rows,
    crossover: { outcomes: OUTCOMES, operations: crossovers },
    peers: peerRows,
    ...(checks && { checks }),
    failures,
  };
}

async function calibrated(device: GPUDevice): Promise<Gpu> {
  const timer = PassTimer.on(device);
  const engine = await openEngine({ device });
  try {
    return { device, timer, chain: await calibratedChain(engine, timer) };
  } finally {
    engine.dispose();
  }
}
