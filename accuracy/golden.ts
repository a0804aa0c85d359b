import { operations } from '../bench/operations.ts';
import { ulp } from '../src/engine/certificate.ts';
import { apply, type Operation } from '../src/engine/operation.ts';
import { openEngine, type Engine, type Tensor } from '../src/index.ts';
import { expectedValue, goldenCases, goldenLogitsCases, goldenLongCases } from '../test/golden/divergences.ts';
import type { GoldenFigure } from './report.ts';
import { relativeError, Tally } from './tally.ts';

/** One golden case, whatever its kind. */
interface Case {
  readonly id: string;
  readonly kind: string;
  readonly alpha?: number;
  readonly beta?: number;
  readonly expected: number;
  readonly tolUlp?: number;
  readonly p: readonly number[];
  readonly q: readonly number[];
}

interface Kind {
  /** The name under which the library exports the operation. */
  readonly operation: string;
  readonly parameters?: (golden: Case) => object;
  readonly form?: 'weights' | 'logits';
}

const alpha = (golden: Case): object => ({ alpha: golden.alpha });
const order = (golden: Case): object => ({ order: golden.beta });

const kinds: Readonly<Record<string, Kind>> = {
  alpha: { operation: 'alphaDivergence', parameters: alpha },
  'alpha-extended': { operation: 'extendedAlphaDivergence', parameters: alpha },
  'alpha-logits': { operation: 'alphaDivergence', parameters: alpha, form: 'logits' },
  kl: { operation: 'klDivergence' },
  'reverse-kl': { operation: 'reverseKlDivergence' },
  hellinger: { operation: 'hellingerDistance' },
  renyi: { operation: 'renyiDivergence', parameters: order },
  tsallis: { operation: 'tsallisDivergence', parameters: order },
  'jensen-shannon': { operation: 'jensenShannonDivergence' },
  bhattacharyya: { operation: 'bhattacharyyaDivergence' },
  chernoff: { operation: 'chernoffInformation' },
  max: { operation: 'maxDivergence' },
};

const STANDARD_ULPS = 4; // the file gives `tolUlp` where a case is allowed another error
const LOGITS_ULPS = 5;
const REFERENCE_ERROR = 1e-13;

export interface GoldenReport {
  readonly golden: readonly GoldenFigure[];
  readonly failures: readonly string[];
}

function allCases(): Case[] {
  const logits = goldenLogitsCases.map(({ a, b, ...rest }) => ({
    tolUlp: LOGITS_ULPS,
    ...rest,
    kind: 'alpha-logits',
    p: a,
    q: b,
  }));
  return [...goldenCases, ...goldenLongCases(), ...logits].map((golden) => ({
    ...golden,
    expected: expectedValue(golden.expected),
  }));
}

/** Cases that one call can evaluate: of one kind, with the same parameters, in rows of the same length. */
function batches(cases: readonly Case[]): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const golden of cases) {
    const key = [golden.kind, golden.alpha, golden.beta, golden.p.length].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), golden]);
  }
  return [...groups.values()];
}

/** Evaluates every golden case on the engine's backend, in f32. */
export function goldenOnEngine(
  engine: Engine,
  onProgress: (done: number, total: number) => void,
): Promise<GoldenReport> {
  return judge({
    evaluate: async (result) => Array.from(await result.read()),
    engine,
    error: (got, expected) => relativeError(got, Math.fround(expected) === Infinity ? Infinity : expected) / ulp,
    allowed: ({ tolUlp }) => tolUlp ?? STANDARD_ULPS,
    unit: ' ulp',
    onProgress,
  });
}

/** Evaluates every golden case with the f64 references. */
export async function goldenOfReference(): Promise<GoldenReport> {
  await using engine = await openEngine({ backend: 'cpu' });
  return await judge({
    evaluate: (result) => Promise.resolve(referenceValues(result)),
    engine,
    error: relativeError,
    allowed: () => REFERENCE_ERROR,
    unit: '',
    onProgress: () => undefined,
  });
}

/** What the reference gives before it is rounded to f32. */
function referenceValues({ origin, rows, width }: Tensor): number[] {
  if (origin.kind !== 'result') throw new TypeError('A source has no reference');
  const operands = origin.inputs.map((input) => {
    if (input.origin.kind !== 'source') throw new TypeError('The inputs of a golden case are sources');
    const data = input.origin.data as Float32Array;
    const row = (index: number): Float32Array => data.subarray(index * input.width, (index + 1) * input.width);
    return { form: input.form, rows: input.rows, width: input.width, row };
  });
  const reference = origin.operation.reference(operands, origin.parameters);
  const out = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) reference(row, out.subarray(row * width, (row + 1) * width));
  return Array.from(out);
}

interface Judgement {
  readonly evaluate: (result: Tensor) => Promise<number[]>;
  readonly engine: Engine;
  readonly error: (got: number, expected: number) => number;
  readonly allowed: (golden: Case) => number;
  readonly unit: string;
  readonly onProgress: (done: number, total: number) => void;
}

async function judge({ evaluate, engine, error, allowed, unit, onProgress }: Judgement): Promise<GoldenReport> {
  const tallies = new Map<string, Tally<string>>();
  const failures = new Set<string>();
  const groups = batches(allCases());
  for (const [index, group] of groups.entries()) {
    const { kind } = group[0]!;
    onProgress(index, groups.length);
    const operation = operations.find(({ name }) => name === kinds[kind]?.operation);
    if (!operation) {
      failures.add(`golden cases of the kind ${kind} have no operation ${kinds[kind]?.operation ?? ''}`);
      continue;
    }
    try {
      const values = await valuesOf(engine, operation, group, evaluate);
      const tally = tallies.get(kind) ?? new Tally<string>();
      tallies.set(kind, tally);
      group.forEach((golden, row) => {
        const size = error(values[row]!, golden.expected);
        tally.add(size, golden.id);
        if (size <= allowed(golden)) return;
        failures.add(
          `golden case ${golden.id} (${kind}): ${values[row]} for ${golden.expected}, ${size.toPrecision(3)}${unit}`,
        );
      });
    } catch (cause) {
      failures.add(`golden cases ${group.map(({ id }) => id).join(', ')} (${kind}): ${String(cause)}`);
    }
  }
  const golden = [...tallies].map(([kind, tally]) => ({ kind, ...tally.errors, worstCase: tally.worstAt! }));
  return { golden, failures: [...failures] };
}

/** The value of each case; an operation that tells more than the value tells the value first. */
async function valuesOf(
  engine: Engine,
  operation: Operation,
  group: readonly Case[],
  evaluate: Judgement['evaluate'],
): Promise<number[]> {
  const { parameters, form = 'weights' } = kinds[group[0]!.kind]!;
  const outcomes = Math.max(2, group[0]!.p.length);
  const rowsOf = (rows: readonly (readonly number[])[]): Tensor =>
    engine.rows(
      rows.map((row) => padded(row, outcomes)),
      { outcomes, form },
    );
  using p = rowsOf(group.map((golden) => golden.p));
  using q = rowsOf(group.map((golden) => golden.q));
  using result = apply(operation, [p, q], parameters?.(group[0]!) ?? {});
  const numbers = await evaluate(result);
  return group.map((_, row) => numbers[row * result.width]!);
}

/** A measure of one outcome is one of two, the second of which has no mass. */
function padded(row: readonly number[], outcomes: number): readonly number[] {
  return row.length < outcomes ? [...row, 0] : row;
}
