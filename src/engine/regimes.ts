import laneSource from '../../shaders/engine/lane.wgsl?raw';
import teamByBarriersSource from '../../shaders/engine/team-by-barriers.wgsl?raw';
import teamSource from '../../shaders/engine/team.wgsl?raw';
import workgroupOf64Source from '../../shaders/engine/workgroup-of-64.wgsl?raw';
import workgroupOf8Source from '../../shaders/engine/workgroup-of-8.wgsl?raw';
import workgroupSource from '../../shaders/engine/workgroup.wgsl?raw';
import type { Kernel, Piece, Regime } from './kernel.ts';

/** The WGSL of a regime, and how many items it gives to a workgroup. */
export interface RegimeLayout {
  readonly pieces: readonly Piece[];
  readonly itemsPerWorkgroup: number;
}

const lane: Piece = { name: 'engine/lane.wgsl', source: laneSource };
const team: Piece = { name: 'engine/team.wgsl', source: teamSource };
const layouts = {
  lane: { pieces: [{ name: 'engine/workgroup-of-64.wgsl', source: workgroupOf64Source }, lane], itemsPerWorkgroup: 64 },
  fewLanes: { pieces: [{ name: 'engine/workgroup-of-8.wgsl', source: workgroupOf8Source }, lane], itemsPerWorkgroup: 8 },
  team: { pieces: [team, { name: 'engine/team-by-barriers.wgsl', source: teamByBarriersSource }], itemsPerWorkgroup: 4 },
  workgroup: { pieces: [{ name: 'engine/workgroup.wgsl', source: workgroupSource }], itemsPerWorkgroup: 1 },
} as const satisfies Record<string, RegimeLayout>;

/** Lanes of a row. */
export const lanesOf: Readonly<Record<Regime, number>> = { lane: 1, team: 16, workgroup: 256 };

/** Up to here, workgroups of 64 would leave cores of an adapter that is a CPU without work. */
const fewItems = 1024;

/** How a regime is laid out for a number of items. */
export function regimeLayout(regime: Regime, items: number): RegimeLayout {
  return layouts[regime === 'lane' && items <= fewItems ? 'fewLanes' : regime];
}

/** lavapipe ends the loops of an invocation after 65,535 turns in all without a word, so one lane is never given a longer row. */
const longestLaneRow = 32_768;

/**
 * One row a lane for short rows, and on adapters that are a CPU, where a barrier costs far more than a gather;
 * otherwise lanes read neighbouring numbers: sixteen of them a row up to a few thousand outcomes where the kernel allows
 * for several rows a workgroup, then a whole workgroup. Tests and the bench prefer one of them.
 */
export function chooseRegime(kernel: Pick<Kernel<never>, 'teams'>, width: number, softwareAdapter: boolean, preferred?: Regime): Regime {
  if (width > longestLaneRow) return 'workgroup';
  if (preferred) return preferred === 'team' && !kernel.teams ? 'workgroup' : preferred;
  if (softwareAdapter) return 'lane';
  if (kernel.teams) return width <= 32 ? 'lane' : width <= 2048 ? 'team' : 'workgroup';
  return width < 64 ? 'lane' : 'workgroup';
}

/** Tiles of a matrix are made in workgroup memory, except where its barriers are dear. */
export function chooseTileRegime(softwareAdapter: boolean, preferred?: Regime): Regime {
  if (preferred) return preferred === 'lane' ? 'lane' : 'workgroup';
  return softwareAdapter ? 'lane' : 'workgroup';
}
