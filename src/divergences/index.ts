export { alphaDivergenceMatrix } from './alpha-divergence-matrix.ts';
export { alphaDivergence, type AlphaParameters } from './alpha-divergence.ts';
export { divergenceMatrix, type OfDivergence } from './divergence-matrix.ts';
export { hellingerDistance } from './hellinger-distance.ts';
export { klDivergence } from './kl-divergence.ts';
export { nearest, type Neighbours } from './nearest.ts';
export { reverseKlDivergence } from './reverse-kl-divergence.ts';
export { totalVariationDistance } from './total-variation-distance.ts';
