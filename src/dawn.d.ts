/** Dawn's binding for Node where the platform may have it: see `imports` in package.json. */
declare module '#dawn' {
  export const importDawn: (() => Promise<{ readonly create: (flags: string[]) => GPU }>) | undefined;
}
