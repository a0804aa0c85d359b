import source from '../../shaders/math/equal-masses.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { doublePiece } from './double.ts';
import { pairPiece } from './pair.ts';
import { commonPieces } from './pieces.ts';

/** For kernels of two rows p and q that go over them more than once. The uniforms have `outcomes` and `zero`. */
export const equalMassesPieces: readonly Piece[] = [...commonPieces, doublePiece, pairPiece, { name: 'math/equal-masses.wgsl', source }];
