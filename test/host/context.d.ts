// Vitest takes these types from a provider's package, which the provider here does not have.
export {};
declare module 'vitest/browser' {
  export const commands: BrowserCommands;
  interface BrowserCommands {
    /** Crashes Chrome's GPU process: every device is lost, and new ones can be made. */
    crashGpu(): Promise<void>;
  }
}
