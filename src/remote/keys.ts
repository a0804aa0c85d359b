import type { Operation } from '../engine/operation.ts';

/** What tells an operation from others. */
export type Identified = Pick<Operation<never>, 'name' | 'isOwn' | 'arguments'>;

/** What an operation is called between threads. Two operations of one name differ in their arguments. */
export function keyOf({ name, isOwn, arguments: given }: Identified): string {
  return `${isOwn ? 'own ' : ''}${name}(${given.map((argument) => argument.name).join(', ')})`;
}
