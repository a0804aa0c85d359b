import text from 'virtual:assembly';

let compiled: Promise<WebAssembly.Module | undefined> | undefined;

/** The WebAssembly module, compiled at its first use. Undefined where WebAssembly, or its SIMD, is missing or forbidden. */
export function wasmModule(): Promise<WebAssembly.Module | undefined> {
  return compiled ??= compileModule();
}

async function compileModule(): Promise<WebAssembly.Module | undefined> {
  try {
    return await WebAssembly.compile(bytesOfText(text));
  } catch {
    return undefined; // a policy forbids it, or it is too old a platform: the reference does the work
  }
}

/** The first byte, and the place of the first that has two characters, from '#' on, of which there are so many. */
const [firstByte, firstOfTwo, characters, start] = [240, 90, 92, 35];

/**
 * The bytes of a text that has a character for each of the frequent ones. In base64, which cuts bytes into pieces of six bits,
 * compression finds little again: 25 kB instead of 19. Twin: textOfBytes in host/assembly.mjs.
 */
export function bytesOfText(given: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let page = 0;
  for (let at = 0; at < given.length; at++) {
    const digit = given.charCodeAt(at) - start;
    const begins = page === 0 && digit >= firstOfTwo;
    if (!begins) bytes.push(firstByte + page + digit); // modulo 256
    page = begins ? firstOfTwo + characters * (digit - firstOfTwo) : 0;
  }
  return Uint8Array.from(bytes);
}
