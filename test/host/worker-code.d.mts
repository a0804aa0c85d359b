import type { Plugin } from 'vite';

export function workerCode(): Plugin;
