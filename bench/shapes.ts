import { ofExample, widthsOf } from '../host/examples.ts';
import type { Operation } from '../src/engine/operation.ts';
import { openEngine } from '../src/index.ts';
import { inputsOf, type Shape } from './inputs.ts';
import { isOfBatch, isOfPairs, parametersOf } from './operations.ts';

export type Mode = 'quick' | 'full';

const batches: readonly Shape[] = [
  { rows: 256, outcomes: 64 },
  { rows: 1024, outcomes: 256 },
  { rows: 64, outcomes: 8192 },
];
const largeBatches: readonly Shape[] = [
  { rows: 4096, outcomes: 1024 },
  { rows: 16, outcomes: 131_072 },
];
const pairs: readonly Shape[] = [{ rows: 64, columns: 64, outcomes: 256 }];
const largePairs: readonly Shape[] = [
  { rows: 256, columns: 256, outcomes: 256 },
  { rows: 1024, columns: 1024, outcomes: 256 },
];

export function shapesOf(operation: Operation, mode: Mode): readonly Shape[] {
  const [small, large] = isOfPairs(operation) ? [pairs, largePairs] : [batches, largeBatches];
  return mode === 'quick' ? small : [...small, ...large];
}

/** Numbers in a result, 64 MiB: a matrix for every row would otherwise fill the memory. */
const LARGEST_RESULT = 2 ** 24;

/** The shape with as many of its rows as keep the result small enough; undefined where one row is too large. */
export async function fitted(operation: Operation, shape: Shape): Promise<Shape | undefined> {
  if (isOfPairs(operation)) return shape;
  if (shape.outcomes > (operation.mostOutcomes ?? Infinity)) return undefined;
  const numbers = await numbersOfRow(operation, shape.outcomes);
  if (isOfBatch(operation)) return numbers > LARGEST_RESULT ? undefined : shape;
  const rows = Math.min(shape.rows, Math.floor(LARGEST_RESULT / numbers));
  return rows === 0 ? undefined : { ...shape, rows };
}

/** What a batch of one row makes. Known from the lazy result; nothing is computed. */
async function numbersOfRow(operation: Operation, outcomes: number): Promise<number> {
  const engine = await openEngine({ backend: 'cpu' });
  const empty = widthsOf(operation, outcomes).map((width) => new Float32Array(width));
  try {
    const { rows, width } = ofExample(operation, inputsOf(engine, operation, outcomes, empty), parametersOf(operation));
    return rows * width;
  } finally {
    engine.dispose();
  }
}

export function shapeText({ rows, columns, outcomes }: Shape): string {
  if (columns === undefined) return `${rows}×${outcomes}`;
  return columns === rows ? `${rows}²×${outcomes}` : `(${rows}×${columns})×${outcomes}`;
}
