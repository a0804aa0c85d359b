import { DomainError, shown } from '../engine/errors.ts';
import { isArray, typedArrayName } from '../engine/tags.ts';

/** Numbers in an array or a typed array. */
export type AlphaList = ArrayLike<number>;

export function isList(value: unknown): value is AlphaList {
  return isArray(value) || typedArrayName(value) !== undefined;
}

/** Throws unless a parameter is a list of finite numbers. */
export function checkAlphas(operation: string, argument: string, alphas: unknown): asserts alphas is AlphaList {
  const at = isList(alphas) ? Array.prototype.findIndex.call(alphas, (alpha) => !Number.isFinite(alpha)) : 0;
  if (isList(alphas) && at < 0) return;
  throw new DomainError({
    operation, argument, expected: 'a list of finite numbers', got: isList(alphas) ? `${shown(alphas[at])} at index ${at}` : shown(alphas), remedy: 'Pass an array or a typed array of real numbers.',
  });
}

/** The largest |α| of a list; 0 of an empty one. */
export function greatestMagnitude(alphas: AlphaList): number {
  let greatest = 0;
  for (let index = 0; index < alphas.length; index++) greatest = Math.max(greatest, Math.abs(alphas[index]!));
  return greatest;
}
