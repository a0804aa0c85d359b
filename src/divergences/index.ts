export { alphaDivergenceMatrix } from './alpha-divergence-matrix.ts';
export { alphaDivergence, type AlphaParameters } from './alpha-divergence.ts';
export { euclideanGradient, valueAndGradient, type Differentiable, type GradientParameters, type ValuesAndGradients } from './gradient.ts';
export { hellingerDistance } from './hellinger-distance.ts';
export { klDivergence } from './kl-divergence.ts';
export { reverseKlDivergence } from './reverse-kl-divergence.ts';
export { totalVariationDistance } from './total-variation-distance.ts';
