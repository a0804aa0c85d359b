import source from '../../shaders/divergences/kl-term.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { logRatioPiece } from '../math/log-ratio.ts';

/** The closed form of the α-family's term at α = −1: no table to look up. */
export const klTerm: readonly Piece[] = [logRatioPiece, { name: 'divergences/kl-term.wgsl', source }];
