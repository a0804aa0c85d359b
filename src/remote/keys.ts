import type { Operation } from '../engine/operation.ts';

/** What an operation is called between threads. Two operations of one name differ in how many arguments they have. */
export function keyOf({ name, isOwn, arguments: { length } }: Pick<Operation<never>, 'name' | 'isOwn' | 'arguments'>): string {
  return `${isOwn ? 'own ' : ''}${name}/${length}`;
}
