/** The functions of the WebAssembly module; src/engine/cpu calls them by name. */
export { alphaRows, farAlphaRows, klRows, mixtureRows } from './divergences/alpha-rows';
export { gradientRows, logitGradientRows, valuedGradientRows } from './divergences/gradient-rows';
export { hellingerRows } from './divergences/hellinger-rows';
export { firstBadRow } from './engine/forms';

/** Where the host's memory begins. */
export function memoryStart(): usize {
  return (__heap_base + 15) & ~15;
}
