/** All of Dually without the fast path of the CPU, for small bundles: what does not run on the GPU is done by the f64 reference. */
export * from './library.ts';
export { openEngine } from './engine/open.ts';
export type { EngineOptions } from './engine/options.ts';
