import { makePairs } from '../host/pairs.ts';
import { ownTasks } from './peer-tasks.ts';
import type { Task, Work } from './peers/work.ts';
import { shapeText, type Mode } from './shapes.ts';

/** Whom Dually is held against on the CPU; the best peer is the fastest of the libraries for browsers. */
export type Rival = 'best peer' | 'jax-js' | 'plain loop';

/** One piece of work that the libraries compete for. */
export interface PeerCase {
  readonly task: Task;
  readonly rows: number;
  readonly outcomes: number;
  /** How many times as long as Dually a rival shall take on the CPU, at least. */
  readonly bars?: Partial<Record<Rival, number>>;
}

const quick: readonly PeerCase[] = [
  { task: 'KL', rows: 1024, outcomes: 256 },
  { task: 'α = 0.3', rows: 1024, outcomes: 256 },
  { task: 'Hellinger', rows: 1024, outcomes: 256 },
  { task: 'KL of logits', rows: 64, outcomes: 8192 },
  { task: 'KL of all pairs', rows: 512, outcomes: 256 },
  { task: '100 EG steps', rows: 256, outcomes: 256 },
  { task: 'Fisher information', rows: 256, outcomes: 64 },
];

const peerCases: Readonly<Record<Mode, readonly PeerCase[]>> = {
  quick,
  full: [
    ...quick,
    { task: 'KL', rows: 4096, outcomes: 1024, bars: { 'best peer': 2, 'plain loop': 8 } },
    { task: 'α = 0.3', rows: 4096, outcomes: 1024, bars: { 'best peer': 2, 'plain loop': 8 } },
    { task: 'Hellinger', rows: 4096, outcomes: 1024, bars: { 'jax-js': 1 } },
    { task: 'KL of logits', rows: 1024, outcomes: 8192, bars: { 'best peer': 2 } },
    { task: 'KL of logits', rows: 64, outcomes: 131_072, bars: { 'best peer': 2 } },
    { task: 'KL of all pairs', rows: 2048, outcomes: 256, bars: { 'best peer': 1.5 } },
    { task: '100 EG steps', rows: 4096, outcomes: 1024, bars: { 'best peer': 2 } },
    { task: 'Fisher information', rows: 2048, outcomes: 64, bars: { 'best peer': 1.5 } },
  ],
};

/** The pieces of work of a run, by the names of operations that `--only` gave; none stands for all. */
export function casesOf(mode: Mode, only: readonly string[]): readonly PeerCase[] {
  return peerCases[mode].filter(({ task }) => only.length === 0 || only.includes(ownTasks[task].operation));
}

export function shapeOfCase({ task, rows, outcomes }: PeerCase): string {
  return shapeText({ rows, outcomes, ...(task === 'KL of all pairs' && { columns: rows }) });
}

const DISTANCES = [1, 1e-3]; // half of the rows of q differ from those of p by a thousandth at most

export function workOf({ task, rows, outcomes }: PeerCase): Work {
  const { p, q } = makePairs(ownTasks[task].form, outcomes, DISTANCES, rows / DISTANCES.length);
  const read = task === 'Fisher information' ? [p] : [p, q];
  return { task, outcomes, batches: read.map((data) => ({ rows, data })) };
}
