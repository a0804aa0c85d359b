import { operations } from '../host/operations.ts';
import { relativeError } from '../host/relative-error.ts';
import { ulp } from '../src/engine/certificate.ts';
import { apply, type Operation } from '../src/engine/operation.ts';
import { Reference } from '../src/engine/reference.ts';
import { openEngine, type Engine, type Tensor } from '../src/index.ts';
import { goldenBatches, kinds, type Case } from './golden-cases.ts';
import type { GoldenFigure } from './report.ts';
import { Tally } from './tally.ts';

export interface GoldenReport {
  readonly golden: readonly GoldenFigure[];
  readonly failures: readonly string[];
}

/** Who evaluates the cases, and how the values are judged. */
interface Evaluation {
  readonly engine: Engine;
  readonly values: (result: Tensor) => Promise<ArrayLike<number>>;
  readonly error: (got: number, expected: number) => number;
  readonly allowed: (golden: Case) => number;
  readonly unit: string;
}

const STANDARD_ULPS = 4; // the file gives `tolUlp` where a case is allowed another error
const REFERENCE_ERROR = 1e-13;
const SMALLEST_NORMAL = 2 ** -126; // a smaller result may be flushed to zero

/** Evaluates every golden case on the engine's backend, in f32. */
export function goldenOnEngine(
  engine: Engine,
  onProgress: (done: number, total: number) => void,
): Promise<GoldenReport> {
  const evaluation: Evaluation = {
    engine,
    values: (result) => result.read(),
    error(got, expected) {
      if (Math.fround(expected) === Infinity) return relativeError(got, Infinity);
      if (expected !== 0 && expected < SMALLEST_NORMAL) return Math.abs(got - expected) / SMALLEST_NORMAL / ulp;
      return relativeError(got, expected) / ulp;
    },
    allowed: ({ tolUlp }) => tolUlp ?? STANDARD_ULPS,
    unit: ' ulp',
  };
  return judge(evaluation, onProgress);
}

/** Evaluates every golden case with the f64 references. */
export async function goldenOfReference(): Promise<GoldenReport> {
  await using engine = await openEngine({ backend: 'cpu' });
  const values = (result: Tensor): Promise<Float64Array> => Promise.resolve(referenceValues(result));
  return await judge(
    { engine, values, error: relativeError, allowed: () => REFERENCE_ERROR, unit: '' },
    () => undefined,
  );
}

/** What the reference gives before it is rounded to f32. */
function referenceValues(tensor: Tensor): Float64Array {
  const reference = new Reference(({ origin }) => (origin as { readonly data: Float32Array<ArrayBuffer> }).data).operand(tensor);
  const { rows, width } = tensor;
  const out = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) out.set(reference.row(row), row * width);
  return out;
}

/** What cannot be evaluated fails, and the other kinds go on. */
async function judge(by: Evaluation, onProgress: (done: number, total: number) => void): Promise<GoldenReport> {
  const tallies = new Map<string, Tally<string>>();
  const failures = new Set<string>();
  const batches = goldenBatches();
  for (const [index, batch] of batches.entries()) {
    onProgress(index, batches.length);
    const { kind } = batch[0]!;
    try {
      const values = await valuesOf(by, batch);
      const tally = tallies.get(kind) ?? new Tally<string>();
      tallies.set(kind, tally);
      for (const [row, golden] of batch.entries()) {
        const error = by.error(values[row]!, golden.expected);
        tally.add(error, golden.id);
        if (!(error <= by.allowed(golden)))
          failures.add(failureText(golden, values[row]!, `${error.toPrecision(3)}${by.unit}`));
      }
    } catch (cause) {
      failures.add(`golden cases of the kind ${kind}: ${String(cause)}`);
    }
  }
  const golden = [...tallies].map(([kind, tally]) => ({ kind, ...tally.errors, worstCase: tally.worstAt! }));
  return { golden, failures: [...failures] };
}

function failureText({ id, kind, expected }: Case, got: number, error: string): string {
  return `golden case ${id} (${kind}): ${got} for ${expected}, ${error}`;
}

/** The value of each case; an operation that tells more than the value tells the value first. */
async function valuesOf({ engine, values }: Evaluation, batch: readonly Case[]): Promise<number[]> {
  const { kind, p: row } = batch[0]!;
  const { operation, parameters, form = 'weights' } = kinds[kind] ?? unknownKind();
  const outcomes = Math.max(2, row.length);
  const tensorOf = (side: 'p' | 'q'): Tensor =>
    engine.rows(
      batch.map((golden) => padded(golden[side], outcomes)),
      { outcomes, form },
    );
  using p = tensorOf('p');
  using q = tensorOf('q');
  using result = apply(operationNamed(operation), [p, q], parameters?.(batch[0]!) ?? {});
  const numbers = await values(result);
  return batch.map((_, index) => numbers[index * result.width]!);
}

function unknownKind(): never {
  throw new Error('accuracy/golden-cases.ts does not say which operation it belongs to');
}

function operationNamed(wanted: string): Operation {
  const operation = operations.find(({ name }) => name === wanted);
  if (!operation) throw new Error(`the library exports no ${wanted}`);
  return operation;
}

/** A measure of one outcome is one of two, the second of which has no mass. */
function padded(row: readonly number[], outcomes: number): readonly number[] {
  return row.length < outcomes ? [...row, 0] : row;
}
