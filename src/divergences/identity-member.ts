import source from '../../shaders/divergences/alpha-divergence.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** The member of the α-family that is the α-divergence itself. */
export const identityMember: Piece = { name: 'divergences/alpha-divergence.wgsl', source };
