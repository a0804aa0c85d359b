/** Lines of a table, its columns aligned by padding; the columns that `right` names are aligned to the right. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: ReadonlySet<string>,
): string[] {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        right.has(header[column]!) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [line(header), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)];
}

/** Short entries side by side, in columns that are read downwards, no wider than `width`. */
export function inColumns(entries: readonly string[], width: number): string[] {
  const cell = Math.max(...entries.map((entry) => entry.length)) + 2;
  const columns = Math.max(1, Math.floor(width / cell));
  const height = Math.ceil(entries.length / columns);
  return entries.slice(0, height).map((_, line) => {
    const across = entries.filter((_, index) => index % height === line);
    return across
      .map((entry) => entry.padEnd(cell))
      .join('')
      .trimEnd();
  });
}
