import { onTestFinished, vi } from 'vitest';

/** Hears what is told of errors that nobody waits for, in place of the page or the process; what it returns gives their words. */
export function heardErrors(): () => string[] {
  const words: string[] = [];
  const hear = (error: unknown): void => void words.push(String(error));
  const { process: node } = globalThis as { process?: NodeJS.Process };
  const spy = typeof node?.emitWarning === 'function' ? vi.spyOn(node, 'emitWarning').mockImplementation(hear) : vi.spyOn(globalThis, 'reportError').mockImplementation(hear);
  onTestFinished(() => spy.mockRestore());
  return () => words.splice(0);
}
