export * from './library.ts';
export { openEngine } from './open.ts';
export type { EngineOptions } from './open.ts';
