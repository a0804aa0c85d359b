import source from '../../shaders/math/elementary.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** exp, expm1, log, log1p and square root in WGSL. Their twins in f64 are the platform's own: Math.exp, Math.expm1 and so on. */
export const elementaryPiece: Piece = { name: 'math/elementary.wgsl', source };
