/** Lines within braces. */
export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];
}

/** What a number of f32 has in its place in memory, or a double in two. */
export function loaded(parts: readonly string[]): string {
  return parts.length > 1 ? `DoubleSingle(${parts.join(', ')})` : parts[0]!;
}

/** Writes a number to its place, or a double to two, as `write` has each part there. */
export function assigned(places: readonly string[], x: string, write: (part: string) => string = String): string[] {
  const parts = places.length > 1 ? [`${x}.high`, `${x}.low`] : [x];
  return places.map((place, index) => `${place} = ${write(parts[index]!)};`);
}

export const asBits = (x: string): string => `bitcast<u32>(${x})`;
export const asFloat = (bits: string): string => `bitcast<f32>(${bits})`;
export const typeName = (type: string): string => (type === 'double' ? 'DoubleSingle' : 'f32');
