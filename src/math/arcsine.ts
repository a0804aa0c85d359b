import source from '../../shaders/math/arcsine.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** asin(√z)/√z for 0 ≤ z ≤ ½ in WGSL. Its twin in f64 is Math.asin. */
export const arcsinePiece: Piece = { name: 'math/arcsine.wgsl', source };
