/**
 * The worker that an engine of `dually/worker` lives in:
 *
 * @example
 * const worker = () => new Worker(new URL('dually/engine-worker', import.meta.url), { type: 'module' });
 */

import { DomainError, shown } from './engine/errors.ts';
import { workerPort } from './engine/workers.ts';
import { Directory, isOperationFunction, type OperationFunction } from './remote/directory.ts';
import type { Answer, Order } from './remote/messages.ts';
import { Server } from './remote/server.ts';

const directory = new Directory();
const port = workerPort<Order, Answer>();
if (port) new Server(port, directory);

/**
 * Makes a divergence of the caller's own known to the worker, by its name. It is called in a module of the caller's, which takes
 * the place of this one in `new Worker(…)`, at once and before any await; the thread of the engine imports the same definition.
 *
 * @example
 * const triangular = defineFDivergence({
 *   name: 'triangularDiscrimination', term: ({ ratio, excess }) => excess.squared().over(ratio.plus(1)), atZero: 1, atInfinity: 1,
 * });
 * register(triangular);
 */
export function register(...functions: readonly OperationFunction[]): void {
  for (const each of functions) {
    if (!isOperationFunction(each)) {
      throw new DomainError({ operation: 'register', expected: 'divergences that defineFDivergence or defineBregman made', got: shown(each), remedy: 'Pass the functions themselves.' });
    }
    directory.add(each);
  }
}
