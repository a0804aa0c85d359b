import type { Plugin } from 'vite';

export function assemblyScript(): Plugin;
export function compileAssembly(): Promise<Buffer>;
export function textOfBytes(bytes: Uint8Array): string;
export function withSharedConstants(text: string): string;
