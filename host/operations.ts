import type { Operation } from '../src/engine/operation.ts';
import * as library from '../src/index.ts';

/** Every operation that the library exports; in the order of their names. */
export const operations: readonly Operation[] = Object.values(library)
  .flatMap((exported) =>
    typeof exported === 'function' && 'operation' in exported ? [exported.operation as Operation] : [],
  )
  .sort((a, b) => (a.name < b.name ? -1 : 1));
