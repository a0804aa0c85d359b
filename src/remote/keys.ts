import type { Operation } from '../engine/operation.ts';

/** What tells an operation from others. */
export type Identified = Pick<Operation<never>, 'name' | 'isOwn' | 'arguments'>;

/** What an operation is called between threads. Two operations of one name differ in how many arguments they have. */
export function keyOf({ name, isOwn, arguments: { length } }: Identified): string {
  return `${isOwn ? 'own ' : ''}${name}/${length}`;
}
