/** What a value is, be it of this realm or of another: of an iframe, of a vm context, of a test environment. No proxy passes. */

type TypedArrayName = `${'Int' | 'Uint'}${8 | 16 | 32}Array` | `Float${16 | 32 | 64}Array` | `Big${'Int' | 'Uint'}64Array` | 'Uint8ClampedArray';

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** The name of a typed array's class as it was made, whatever has been derived from it; undefined of everything else. */
export function typedArrayName(value: unknown): TypedArrayName | undefined {
  return Reflect.get(typedArrayPrototype, Symbol.toStringTag, value) as TypedArrayName | undefined; // the getter, called on the value
}

/** Where a typed array's numbers lie, whatever a class that is derived from it says. */
export function viewOf(array: ArrayBufferView): { readonly buffer: ArrayBuffer; readonly byteOffset: number; readonly length: number } {
  const of = (name: string): unknown => Reflect.get(typedArrayPrototype, name, array);
  return { buffer: of('buffer') as ArrayBuffer, byteOffset: of('byteOffset') as number, length: of('length') as number };
}

/** Whether a typed array has lost its memory: to another thread, or to a buffer that was made shorter. Its methods throw then. */
export function isGone(array: ArrayBufferView): boolean {
  try {
    Uint8Array.prototype.keys.call(array as Uint8Array);
    return false;
  } catch {
    return true;
  }
}

/** Array.isArray, which throws at a proxy that was revoked. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Whether it is an object that has all of these, its own or of its class. */
export function has(value: unknown, ...names: readonly PropertyKey[]): value is object {
  try {
    return typeof value === 'object' && value !== null && names.every((name) => name in value);
  } catch { // of a proxy that was revoked
    return false;
  }
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

export function isError(value: unknown): value is Error {
  return value instanceof Error || ['Error', 'DOMException'].includes(tagOf(value));
}

/** Whether it is an error of the platform itself, such as an AbortError. */
export function isOfPlatform(value: unknown): value is DOMException {
  return tagOf(value) === 'DOMException';
}

/** Whether threads share the memory that numbers lie in. */
export function isShared({ buffer }: { readonly buffer: ArrayBufferLike }): boolean {
  return tagOf(buffer) !== 'ArrayBuffer'; // there is but one other kind
}
