/** Milliseconds that are timed at a time: a clock may be no finer. */
const slice = 0.2;

/** How often a millisecond something can be done at best, times what is done at once: compilers of the platform need a while. */
export function rateOf(atOnce: number, work: () => void, milliseconds: number): number {
  const end = performance.now() + milliseconds;
  let best = 0;
  for (let now = performance.now(); now < end;) {
    const start = now;
    let count = 0;
    do {
      work();
      count++;
      now = performance.now();
    } while (now - start < slice);
    best = Math.max(best, (count * atOnce) / (now - start));
  }
  return best;
}
