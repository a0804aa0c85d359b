import { describe, expect, it } from 'vitest';
import { duallyPeer } from '../../bench/dually-peer.ts';
import { barCells, barsOf, BAR_COLUMNS } from '../../bench/peer-bars.ts';
import { casesOf, shapeOfCase, workOf, type PeerCase } from '../../bench/peer-cases.ts';
import { judgeOf } from '../../bench/peer-judge.ts';
import { PEER_COLUMNS, peerCells, peerRemarks, type PeerRow } from '../../bench/peer-report.ts';
import { ownTasks } from '../../bench/peer-tasks.ts';
import { graphs } from '../../bench/peers/onnx-graphs.ts';
import { peers as plainLoops } from '../../bench/peers/libraries/plain-loop.ts';
import { operations } from '../../host/operations.ts';
import type { Peer, Work } from '../../bench/peers/work.ts';
import { readFileSync } from 'node:fs';
import { interpreted } from './onnx-interpreter.ts';

const small = (Object.keys(ownTasks) as PeerCase['task'][]).map((task) => ({ task, rows: 8, outcomes: 16 }));

describe('the work of the peers', () => {
  it('is chosen by the names of operations that there are', () => {
    const names = operations.map(({ name }) => name);
    for (const { operation } of Object.values(ownTasks)) expect(names).toContain(operation);
    expect(casesOf('quick', ['klDivergence']).map(shapeOfCase)).toEqual(['1024×256', '64×8192']);
    expect(casesOf('full', ['alphaDivergenceMatrix']).map(shapeOfCase)).toEqual(['512²×256', '2048²×256']);
  });

  it('has every task in both modes', () => {
    for (const mode of ['quick', 'full'] as const) {
      expect(new Set(casesOf(mode, []).map(({ task }) => task))).toEqual(new Set(Object.keys(ownTasks)));
    }
  });

  it.each(small)('$task is judged against the exact values', async (of) => {
    const work = workOf(of);
    const numbers = await resultOf(duallyPeer(undefined), work);
    const errorOf = await judgeOf(work);
    expect(errorOf(numbers).worst).toBeLessThan(2 ** -20);
    expect(errorOf(numbers.map((x) => 1.5 * x)).median).toBeCloseTo(0.5, 5);
    expect(errorOf(numbers.map(() => NaN))).toEqual({ median: null, worst: null });
    expect(errorOf(numbers.subarray(0, 1)).worst).toBeNull(); // of another shape
  });

  it.each(small)('$task is what the plain loop and the ONNX graph compute where nothing cancels', async (of) => {
    const work = farRowsOf(workOf(of));
    const errorOf = await judgeOf(work);
    expect(errorOf(await resultOf(plainLoops[0]!, work)).median).toBeLessThan(1e-5);
    expect(errorOf(interpreted(graphs[of.task], work)).median).toBeLessThan(1e-5);
  });
});

/** The first half of the rows, which are far apart. */
function farRowsOf({ batches, ...work }: Work): Work {
  return { ...work, batches: batches.map(({ rows, data }) => ({ rows: rows / 2, data: data.subarray(0, data.length / 2) })) };
}

async function resultOf(peer: Peer, work: Work): Promise<Float32Array> {
  await peer.start();
  const prepared = await peer.prepare(work);
  const numbers = await prepared.run();
  prepared.dispose();
  peer.stop?.();
  return numbers;
}

describe('the table of the peers', () => {
  const sample = (minimum: number): PeerRow['wall'] => ({ minimum, median: 2 * minimum, rounds: 3 });
  const own: PeerRow = {
    task: 'KL', shape: '8×16', library: 'dually', version: '1', backend: 'webgpu', wall: sample(2), error: { median: 1e-8, worst: 1e-7 }, reason: null,
  };
  const other: PeerRow = { ...own, library: 'other', wall: sample(5), error: { median: 1e-3, worst: null } };
  const missing: PeerRow = { ...own, library: 'third', wall: null, error: null, reason: 'no adapter' };
  const rows = [own, other, missing];

  it('has a cell for every column, and times as multiples of Dually’s', () => {
    for (const row of rows) expect(peerCells(row, rows)).toHaveLength(PEER_COLUMNS.length);
    expect(peerCells(other, rows).slice(4)).toEqual(['5.00 ms', '10.0 ms', '2.50', '1.0e-3', '∞']);
    expect(peerCells(missing, rows).slice(4)).toEqual(['–', '–', '–', '–', '–']);
  });

  it('says why a library did not run, and nothing when none was asked for', () => {
    expect(peerRemarks(rows).at(-1)).toBe('third 1 on webgpu did not run KL 8×16: no adapter');
    expect(peerRemarks([])).toEqual([]);
  });
});

describe('the bars', () => {
  const row = (library: string, backend: PeerRow['backend'], minimum: number, shape = '4096×1024'): PeerRow => ({
    task: 'Hellinger', shape, library, version: '1', backend, wall: { minimum, median: minimum, rounds: 7 }, error: null, reason: null,
  });
  const own = row('dually', 'cpu', 2);
  const others = [row('jax-js', 'wasm', 5), row('jax-js', 'webgpu', 1), row('third', 'wasm', 3), row('plain loop', 'cpu', 1)];

  it('compare with the fastest library on the CPU, the plain loop and whom else a bar names', () => {
    const bars = barsOf([own, ...others]);
    expect(bars.map(({ rival, library, ratio, bar }) => [rival, library, ratio, bar])).toEqual([
      ['best peer', 'third', 1.5, null], ['jax-js', 'jax-js', 2.5, 1], ['plain loop', 'plain loop', 0.5, null],
    ]);
    expect(barsOf([row('dually', 'cpu', 2, '1×2'), ...others])).toEqual([]); // alone at its shape
  });

  it('are not told of the GPU, nor of what did not run', () => {
    expect(barsOf([row('dually', 'webgpu', 2), ...others])).toEqual([]);
    expect(barsOf([{ ...own, wall: null }, ...others])).toEqual([]);
    expect(barsOf([own, { ...others[0]!, wall: null }])).toEqual([]);
  });

  it('are reached or missed', () => {
    const [, bar] = barsOf([own, ...others]);
    expect(barCells(bar!).slice(-3)).toEqual(['2.50', '≥ 1', '✓']);
    expect(barCells({ ...bar!, ratio: 0.99 }).at(-1)).toBe('✗');
    expect(barCells({ ...bar!, bar: null }).slice(-2)).toEqual(['–', '']);
    expect(barCells(bar!)).toHaveLength(BAR_COLUMNS.length);
  });
});

it('the peers are no dependencies of the package', () => {
  const read = (file: string): { dependencies?: object; devDependencies?: object } =>
    JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as { devDependencies: object };
  const peers = Object.keys(read('bench/peers/package.json').devDependencies!);
  const root = read('package.json');
  expect(peers).toContain('@jax-js/jax');
  expect(Object.keys({ ...root.dependencies, ...root.devDependencies }).filter((name) => peers.includes(name))).toEqual([]);
});
