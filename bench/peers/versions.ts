import { packages } from './package-lock.json';

/** The installed version of a package. */
export function versionOf(name: string): string {
  return (packages as Record<string, { readonly version?: string }>)[`node_modules/${name}`]?.version ?? 'unknown';
}
