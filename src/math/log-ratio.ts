import source from '../../shaders/math/log-ratio.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

/** log(q/p) of a Pair. Its twin in f64 is `logRatio` of alpha-term.ts. */
export const logRatioPiece: Piece = { name: 'math/log-ratio.wgsl', source };

/** The polynomial of the kernel for (atanh(s)/s − 1)/s² = 1/3 + z/5 + z²/7 + … in z = s² on |s| ≤ 1/3. */
export const atanhTail: readonly number[] = [0.333333343, 0.199998528, 0.142961785, 0.108532876, 0.11612165];
