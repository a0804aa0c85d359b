/** The functions of the WebAssembly module; src/engine/cpu calls them by name. */
export { alphaRows, farAlphaRows, klRows } from './divergences/alpha-rows';
export { hellingerRows } from './divergences/hellinger-rows';
export { alphaOfLogits, klOfLogits } from './divergences/logit-rows';
export { firstBadRow } from './engine/forms';
export { normalisedRows, softmaxRows } from './math/probabilities';

/** Where the host's memory begins. */
export function memoryStart(): usize {
  return (__heap_base + 15) & ~15;
}
