interface Process {
  emitWarning?(warning: Error): void;
}

/**
 * Tells what a function of the caller's has thrown where nobody waits for it: a page as any error that nobody caught, which
 * goes on there (`window.onerror`); Node, Deno and Bun, whose process such an error would end, as a warning (`process.on('warning')`).
 */
export function reportCallerError(where: string, error: unknown): void {
  const { process: node, reportError: tell } = globalThis as { process?: Process; reportError?: (error: unknown) => void };
  if (node?.emitWarning) return node.emitWarning(warningOf(where, error));
  if (tell) tell(error);
  else queueMicrotask(() => { throw error; });
}

function warningOf(where: string, error: unknown): Error {
  const { stack, message } = error instanceof Error ? error : { stack: undefined, message: String(error) };
  return Object.assign(new Error(`${where} threw: ${message}`, { cause: error }), { name: 'DuallyWarning', ...(stack !== undefined && { detail: stack }) });
}

/** Calls a function of the caller's. What it throws, at once or later, is told to `onError`. */
export function callCaller<Values extends readonly unknown[]>(fn: (...values: Values) => unknown, values: Values, onError: (error: unknown) => void): void {
  try {
    const answer = fn(...values);
    if (answer instanceof Promise) answer.catch(onError);
  } catch (error) {
    onError(error);
  }
}
