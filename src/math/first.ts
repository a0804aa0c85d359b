import firstSource from '../../shaders/math/first.wgsl?raw';
import laneSource from '../../shaders/math/first-lane.wgsl?raw';
import workgroupSource from '../../shaders/math/first-workgroup.wgsl?raw';
import type { Piece, Regime } from '../engine/kernel.ts';

const first: Piece = { name: 'math/first.wgsl', source: firstSource };
const ofLanes: Piece = { name: 'math/first-lane.wgsl', source: laneSource };
const ofWorkgroups: Piece = { name: 'math/first-workgroup.wgsl', source: workgroupSource };

/** WGSL that finds the first of many keys, each a number ≥ 0 and an index, in order of both. */
export function firstPieces(regime: Regime): readonly Piece[] {
  return [first, regime === 'lane' ? ofLanes : ofWorkgroups];
}

/** The same order in f64: the k smallest of some numbers and where they are, the first of equals first. */
export function smallest(numbers: ArrayLike<number>, k: number): number[] {
  const order = Array.from(numbers, (_, index) => index);
  return order.sort((i, j) => numbers[i]! - numbers[j]! || i - j).slice(0, k);
}
