/** What a value is, be it of this realm or of another: of an iframe, of a vm context, of a test environment. No proxy passes. */

type TypedArrayName = `${'Int' | 'Uint'}${8 | 16 | 32}Array` | `Float${16 | 32 | 64}Array` | `Big${'Int' | 'Uint'}64Array` | 'Uint8ClampedArray';

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** The name of a typed array's class as it was made, whatever has been derived from it; undefined of everything else. */
export function typedArrayName(value: unknown): TypedArrayName | undefined {
  return Reflect.get(typedArrayPrototype, Symbol.toStringTag, value) as TypedArrayName | undefined; // the getter, called on the value
}

/** Array.isArray, which throws at a proxy that was revoked. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

export function isError(value: unknown): value is Error {
  return value instanceof Error || ['Error', 'DOMException'].includes(tagOf(value));
}

export function isDomException(value: unknown): value is DOMException {
  return tagOf(value) === 'DOMException';
}

/** Whether threads share the memory that numbers lie in. */
export function isShared({ buffer }: { readonly buffer: ArrayBufferLike }): boolean {
  return tagOf(buffer) === 'SharedArrayBuffer';
}
