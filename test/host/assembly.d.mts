import type { Plugin } from 'vite';

export function assemblyScript(): Plugin;
export function compileAssembly(): Promise<Buffer>;
