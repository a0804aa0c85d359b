import base64 from 'virtual:assembly';

let compiled: Promise<WebAssembly.Module | undefined> | undefined;

/** The WebAssembly module, compiled at its first use. Undefined where WebAssembly, or its SIMD, is missing or forbidden. */
export function wasmModule(): Promise<WebAssembly.Module | undefined> {
  return compiled ??= compileModule();
}

async function compileModule(): Promise<WebAssembly.Module | undefined> {
  try {
    return await WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return undefined; // a policy forbids it, or it is too old a platform: the reference does the work
  }
}
