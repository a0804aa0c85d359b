/** The functions of the WebAssembly module; src/engine/cpu calls them by name. */
export { alphaRows, farAlphaRows, klRows, mixtureRows } from './divergences/alpha-rows';
export { hellingerRows } from './divergences/hellinger-rows';
export { nearestOfBlock } from './divergences/nearest';
export { allPairs, unsettledPairs } from './divergences/pairs';
export { meanRow, polarisedFeatures } from './divergences/polarised-features';
export { polarisedProduct } from './divergences/polarised-product';
export { firstBadRow } from './engine/forms';

/** Where the host's memory begins. */
export function memoryStart(): usize {
  return (__heap_base + 15) & ~15;
}
