import lane from '../../shaders/engine/lane.wgsl?raw';
import workgroup from '../../shaders/engine/workgroup.wgsl?raw';
import type { Piece, Regime } from './kernel.ts';

const pieces: Readonly<Record<Regime, Piece>> = {
  lane: { name: 'engine/lane.wgsl', source: lane },
  workgroup: { name: 'engine/workgroup.wgsl', source: workgroup },
};

export function regimePiece(regime: Regime): Piece {
  return pieces[regime];
}

/** lavapipe ends a loop nest after 65,535 iterations without a word, so one lane is never given a longer row. */
const longestLaneRow = 32_768;
/** Below this, a workgroup a row would leave most of its lanes idle. */
const shortestWorkgroupRow = 64;

/**
 * One row a lane for short rows, and on adapters that are a CPU, where a barrier costs far more than a gather;
 * otherwise one row a workgroup, whose lanes read neighbouring numbers. Tests and the bench prefer one of them.
 */
export function chooseRegime(width: number, softwareAdapter: boolean, preferred?: Regime): Regime {
  if (width > longestLaneRow) return 'workgroup';
  return preferred ?? (width < shortestWorkgroupRow || softwareAdapter ? 'lane' : 'workgroup');
}

/** Tiles of a matrix are made in workgroup memory, except where its barriers are dear. */
export function chooseTileRegime(softwareAdapter: boolean, preferred?: Regime): Regime {
  return preferred ?? (softwareAdapter ? 'lane' : 'workgroup');
}
