import source from '../../shaders/math/pair.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** The reduction of one outcome of two rows, whose difference is exact. Twins: alpha-table.ts and normalised-pair.ts. */
export const pairPiece: Piece = { name: 'math/pair.wgsl', source };
