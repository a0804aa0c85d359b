/** The bytes of a row in f64, in whole quads, for a kernel of the CPU that keeps one. */
export function bytesInDouble(width: number): number {
  return 8 * (width + 3);
}
