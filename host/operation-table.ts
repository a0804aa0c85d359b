import { usageOf } from '../src/engine/operation.ts';
import { operations } from './operations.ts';

/** The README's table of operations. */
export function operationTable(): string {
  const rows = operations.map((operation) => {
    const { formula, source } = operation;
    return `| \`${usageOf(operation)}\` | ${formula.replaceAll('|', '\\|')} | ${source} |`;
  });
  return ['| operation | computes | source |', '|---|---|---|', ...rows].join('\n');
}
