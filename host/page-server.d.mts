import type { InlineConfig, ViteDevServer } from 'vite';

export class UsageError extends Error {}
export function createPageServer(root: string, options?: InlineConfig): Promise<ViteDevServer>;
export function assertWritable(option: string, file: string): void;
export function runCommand(command: string, main: (args: string[]) => Promise<void>): Promise<void>;
