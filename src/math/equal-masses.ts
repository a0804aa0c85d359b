import source from '../../shaders/math/equal-masses.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';
import { doubleSinglePiece } from './double-single.ts';
import { pairPiece } from './pair.ts';
import { commonPieces } from './pieces.ts';

/** For kernels of two rows p and q that go over them more than once. The uniforms have `outcomes` and `zero`. */
export const equalMassesPieces: readonly Piece[] = [...commonPieces, doubleSinglePiece, pairPiece, { name: 'math/equal-masses.wgsl', source }];
