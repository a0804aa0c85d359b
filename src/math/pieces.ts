import type { Piece } from '../engine/kernel.ts';
import { elementaryPiece } from './elementary.ts';
import { scaledPiece } from './scaled.ts';
import { sumPiece } from './sum.ts';

/** What nearly every kernel joins: numbers by their bits, compensated sums, elementary functions. */
export const commonPieces: readonly Piece[] = [scaledPiece, sumPiece, elementaryPiece];
