/** The global object of another realm: of a frame, or of a context. */
export async function otherRealm(): Promise<typeof globalThis> {
  if (typeof document === 'object') {
    const frame = document.body.appendChild(document.createElement('iframe'));
    return frame.contentWindow as unknown as typeof globalThis;
  }
  const name = 'node:vm';
  const vm = await import(/* @vite-ignore */ name) as { runInNewContext(code: string): typeof globalThis };
  return vm.runInNewContext('globalThis');
}
