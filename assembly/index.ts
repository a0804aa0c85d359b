/** The functions of the WebAssembly module; src/engine/cpu calls them by name. */
export { alphaRows, farAlphaRows, klRows, mixtureRows } from './divergences/alpha-rows';
export { gradientRows, logitGradientRows, valuedGradientRows } from './divergences/gradient-rows';
export { hellingerRows } from './divergences/hellinger-rows';
export { alphaOfLogits, klOfLogits } from './divergences/logit-rows';
export { nearestOfBlock } from './divergences/nearest';
export { allPairs, unsettledPairs } from './divergences/pairs';
export { meanRow, polarisedFeatures } from './divergences/polarised-features';
export { polarisedProduct } from './divergences/polarised-product';
export { firstBadRow } from './engine/forms';
export { fisherInformation } from './geometry/fisher-information';
export { gram } from './linear/gram';
export { groupSums } from './linear/group-sums';
export { product } from './linear/product';
export { rowProducts } from './linear/row-products';
export { solve } from './linear/solve';
export { weightedSum } from './math/exact-sum';
export { inBits, scaledRows, smoothedRows, takenColumns, takenRows, transposed, temperedRows, totals } from './math/elementwise';
export { normalisedRows, softmaxRows } from './math/probabilities';
export { programPairs, programRows } from './program/machine';
export { descents } from './steps/descents';
export { tilts } from './steps/tilts';

/** Where the host's memory begins. */
export function memoryStart(): usize {
  return (__heap_base + 15) & ~15;
}
