import * as dually from '../src/index.ts';
import { usageOf, type Operation } from '../src/engine/operation.ts';

/** Every operation that the package exports, by name. */
export const operations: readonly (readonly [name: string, operation: Operation])[] = Object.entries(dually as Record<string, unknown>)
  .flatMap(([name, value]) => (typeof value === 'function' && 'operation' in value ? [[name, value.operation as Operation] as const] : []))
  .toSorted(([a], [b]) => a.localeCompare(b));

/** The README's table of operations. */
export function operationTable(): string {
  const rows = operations.map(([, operation]) => `| \`${usageOf(operation)}\` | ${operation.formula.replaceAll('|', '\\|')} | ${operation.source} |`);
  return ['| operation | computes | source |', '|---|---|---|', ...rows].join('\n');
}
