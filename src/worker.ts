/** All of Dually with its engine in a worker: what is computed there never keeps a page from its next frame. */
export * from './library.ts';
export { openEngine } from './remote/open.ts';
export type { EngineOptions } from './remote/open.ts';
