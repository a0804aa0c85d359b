/** Waits for something so many milliseconds at most; what is given `otherwise` comes when it has not come by then. */
export async function within<T, U>(wait: PromiseLike<T>, milliseconds: number, otherwise: U): Promise<T | U> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<U>((resolve) => { timer = setTimeout(resolve, milliseconds, otherwise); });
  return Promise.race([wait, silence]).finally(() => clearTimeout(timer));
}
