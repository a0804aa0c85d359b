import { DomainError, shown } from './errors.ts';
import { isArray, typedArrayName } from './tags.ts';
import { letters, wishFor } from './wishes.ts';

/** Throws unless an argument is an object with named parts. */
function checkObject(operation: string, argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || isArray(value) || ArrayBuffer.isView(value)) throw notNamed(operation, argument, value);
}

function notNamed(operation: string, argument: string, value: unknown): DomainError {
  return new DomainError({ operation, argument, expected: 'an object of named parameters', got: shown(value), remedy: 'Pass them as { name: value }, as the documentation shows.' });
}

/**
 * What a caller gives by name, as it is now: every part is read once, lists are copied, and all is frozen, so that nothing
 * that the caller does later changes it. What is undefined counts as left out; a name that is not known is refused. A function
 * of the library among the parts brings the names of its own parameters.
 */
export function taken<Given extends object>(operation: string, argument: string, given: Given, names: readonly string[]): Given {
  checkObject(operation, argument, given);
  const parts = given as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  const known = [...names];
  let unknown: string | undefined;
  let isOther = false;
  try {
    for (const name of known) { // which grows on the way
      const value = name in copy ? undefined : parts[name];
      if (value === undefined) continue;
      copy[name] = kept(value);
      known.push(...namesOf(value));
    }
    unknown = Object.keys(given).find((name) => !known.includes(name) && parts[name] !== undefined);
    isOther = Object.keys(copy).length === 0 && !isPlain(given);
  } catch (error) { // of a getter, or of a proxy
    throw new DomainError({ operation, argument, expected: 'parts that can be read', got: 'an object that throws when it is read', remedy: 'Pass a plain object.' }, { cause: error });
  }
  if (isOther && unknown === undefined) throw notNamed(operation, argument, given); // an AbortSignal itself, a Map, a promise
  if (unknown !== undefined) throw unknownName(operation, unknown, parts[unknown], known);
  return Object.freeze(copy) as Given;
}

/** Whether it is an object without a class of its own, of whatever realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A list as it is now; what else there is are numbers, names, functions and what cannot be copied. */
function kept(value: unknown): unknown {
  return isArray(value) || typedArrayName(value) !== undefined ? Object.freeze(Array.from(value as ArrayLike<unknown>)) : value;
}

function namesOf(value: unknown): readonly string[] {
  return typeof value === 'function' ? (value as { readonly operation?: { readonly parameters?: readonly string[] } }).operation?.parameters ?? [] : [];
}

function unknownName(operation: string, name: string, value: unknown, known: readonly string[]): DomainError {
  const nearest = known.find((each) => isTypoOf(each, name));
  const wish = wishFor(`${operation}.${name}`) ?? (nearest === undefined ? wishFor(name) : `Did you mean ${nearest}?`);
  return new DomainError({
    operation, argument: name, expected: known.length === 0 ? 'no parameters' : `no parameters but ${known.join(', ')}`, got: `{ ${name}: ${shown(value)} }`,
    remedy: wish ?? 'Leave it out.',
  });
}

/** Whether a name is another one but for its case, or for one letter that is missing, too many, wrong, or in its neighbour's place. */
function isTypoOf(name: string, typed: string): boolean {
  const [a, b] = [letters(name), letters(typed)];
  if (a === b) return true;
  if (Math.min(a.length, b.length) < 3) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const rests = [[1, 0], [0, 1], [1, 1]].map(([ofA, ofB]) => a.slice(start + ofA!) === b.slice(start + ofB!));
  return rests.includes(true) || (a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2));
}
