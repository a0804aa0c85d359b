import { describe, expect, it } from 'vitest';
import { duallyPeer } from '../../bench/dually-peer.ts';
import { casesOf, judgeOf, shapeOfCase, workOf } from '../../bench/peer-cases.ts';
import { PEER_COLUMNS, peerCells, peerRemarks, type PeerRow } from '../../bench/peer-report.ts';
import { operations } from '../../bench/operations.ts';
import { readFileSync } from 'node:fs';

const small = [
  { task: 'KL', operation: 'klDivergence', rows: 8, outcomes: 16 },
  { task: 'KL of logits', operation: 'klDivergence', rows: 8, outcomes: 16 },
  { task: 'KL of all pairs', operation: 'alphaDivergenceMatrix', rows: 8, outcomes: 16 },
] as const;

describe('the work of the peers', () => {
  it('is chosen by the names of operations that there are', () => {
    const names = operations.map(({ name }) => name);
    for (const { operation } of casesOf('full', [])) expect(names).toContain(operation);
    expect(casesOf('quick', ['klDivergence']).map(shapeOfCase)).toEqual(['1024×256', '64×8192']);
    expect(casesOf('full', ['alphaDivergenceMatrix']).map(shapeOfCase)).toEqual(['512²×256', '2048²×256']);
  });

  it.each(small)('$task is judged against the exact values', async (of) => {
    const work = workOf(of);
    const peer = duallyPeer(undefined);
    await peer.start();
    const prepared = await peer.prepare(work);
    const numbers = await prepared.run();
    prepared.dispose();
    const errorOf = judgeOf(work);
    expect(errorOf(numbers).worst).toBeLessThan(2 ** -22);
    expect(errorOf(numbers.map((x) => 1.5 * x)).median).toBeCloseTo(0.5, 5);
    expect(errorOf(numbers.map(() => NaN))).toEqual({ median: null, worst: null });
    expect(errorOf(numbers.subarray(0, 1)).worst).toBeNull(); // of another shape
  });
});

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

it('the peers are no dependencies of the package', () => {
  const read = (file: string): { dependencies?: object; devDependencies?: object } =>
    JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as { devDependencies: object };
  const peers = Object.keys(read('bench/peers/package.json').devDependencies!);
  const root = read('package.json');
  expect(peers).toContain('@jax-js/jax');
  expect(Object.keys({ ...root.dependencies, ...root.devDependencies }).filter((name) => peers.includes(name))).toEqual([]);
});
