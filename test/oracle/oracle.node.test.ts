import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as divergences from '../../src/divergences/index.ts';
import { errorsOf, ulp } from '../../src/engine/certificate.ts';
import type { Form } from '../../src/engine/forms.ts';
import { finish, type Operand, type Operation } from '../../src/engine/operation.ts';
import { fisherInformation, fisherVectorProduct } from '../../src/geometry/index.ts';
import { probabilities } from '../../src/math/probabilities.ts';
import { mirrorDescentStep, naturalGradientStep } from '../../src/steps/index.ts';

/** A pair of rows, and what 60 to 1000 digits make of them: see generate.py, which writes the file. */
interface Group {
  readonly regime: string;
  readonly form: Form;
  readonly p: number[];
  readonly q: number[];
  readonly g?: number[];
  readonly values: readonly (readonly [operation: string, parameters: Record<string, unknown>, value: number | number[]])[];
}

const groups = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as readonly Group[];

type Own = { readonly operation: Operation<object> };
const functions = { ...divergences, fisherInformation, fisherVectorProduct, probabilities, mirrorDescentStep, naturalGradientStep } as unknown as Record<string, Own>;
/** Those of one row, and of a row and numbers. */
const ofOne = new Set(['entropy', 'fisherInformation', 'probabilities']);
const ofNumbers = new Set(['fisherVectorProduct', 'mirrorDescentStep', 'naturalGradientStep']);

function operand(row: ArrayLike<number>, form: Form): Operand {
  return { form, rows: 1, width: row.length, row: () => row };
}

function run({ operation }: Own, operands: readonly Operand[], parameters: object, length: number): Float64Array {
  const out = new Float64Array(length);
  finish(operation.reference(operands, parameters)(0, out));
  return out;
}

/** A function of the file with what it is called with. Steps and metrics take logits by way of probabilities, as the functions do. */
function callOf({ form, p, q, g }: Group, name: string, parameters: Record<string, unknown>): { readonly called: Own; readonly operands: readonly Operand[]; readonly own: object } {
  const rows = operand(Float32Array.from(p), form);
  const weights = (): Operand => (form === 'logits' ? operand(run(functions['probabilities']!, [rows], {}, p.length), 'probabilities') : rows);
  const operands = ofNumbers.has(name) ? [weights(), operand(Float32Array.from(parameters['coordinates'] === 'theta' || parameters['coordinates'] === 'eta' ? g!.slice(1) : g!), 'values')]
    : name === 'fisherInformation' ? [weights()] : ofOne.has(name) ? [rows] : [rows, operand(Float32Array.from(q), form)];
  return { called: functions[name]!, operands, own: name === 'euclideanGradient' ? { divergence: divergences.alphaDivergence, ...parameters } : parameters };
}

const tolerance = 1e-13;
/** What is smaller may lose digits, as products of it leave f64; f32 ends at 2⁻¹⁴⁹. */
const negligible = 2 ** -300;

/** The relative error, where rows are judged by their largest finite entry; infinities have to be met, and nothing is not a number. */
function errorOf(got: ArrayLike<number>, expected: readonly number[]): number {
  const isInfinite = (x: number): boolean => !Number.isFinite(Math.fround(x)); // as a result, which is an f32
  const scale = Math.max(negligible, ...expected.filter((x) => !isInfinite(x)).map(Math.abs));
  const isSame = (x: number, k: number): boolean => got[k] === x || (isInfinite(x) && Math.fround(got[k]!) === Math.fround(x));
  const errors = expected.map((x, k) => (isSame(x, k) ? 0 : Number.isFinite(x) && Number.isFinite(got[k]) ? Math.abs(got[k]! - x) / scale : Infinity));
  return Math.max(...errors);
}

test.each([...new Set(groups.map(({ regime }) => regime))])('the reference agrees with values of many digits: %s', (regime) => {
  const failures: string[] = [];
  for (const group of groups.filter((each) => each.regime === regime)) {
    const { form, p, q, g } = group;
    for (const [name, parameters, value] of group.values) {
      const expected = [value].flat();
      const { called, operands, own } = callOf(group, name, parameters);
      const got = run(called, operands, own, expected.length);
      const error = errorOf(got, expected);
      if (error > tolerance) failures.push(`${error.toExponential(1)} ${name} ${JSON.stringify({ parameters, form, p, q, g, got: [...got], expected })}`);
    }
  }
  expect(failures).toEqual([]);
});

const smallestNormal = 2 ** -126;
/** Certificates take an order absolutely, and of rows that are next to proportional an information of nothing. */
const smallestJudged: Record<string, number> = { chernoffOrder: 0.01, chernoffInformation: 2 ** -60 };

/** Results as a device may give them, with the largest finite entry lost, doubled and not a number; of an infinite one, the greatest number. */
function spoiled(right: Float32Array, least: number): readonly Float32Array[] {
  const finite = Array.from(right, (x) => (Number.isFinite(x) ? Math.abs(x) : 0));
  const at = finite.indexOf(Math.max(...finite));
  const withEntry = (x: number): Float32Array => right.map((y, k) => (k === at ? x : y));
  if (Math.max(...finite) >= least) return [withEntry(0), withEntry(2 * right[at]!), withEntry(NaN)];
  return right.every(Number.isFinite) ? [withEntry(NaN)] : [right.map((x) => (Number.isFinite(x) ? x : Math.sign(x) * 3e38)), right.map(() => NaN)];
}

test.each([...new Set(groups.map(({ regime }) => regime))])('certificates take the right values and refuse others: %s', (regime) => {
  const failures: string[] = [];
  for (const group of groups.filter((each) => each.regime === regime)) {
    for (const [name, parameters, value] of group.values) {
      const expected = [value].flat();
      const { called: { operation }, operands, own } = callOf(group, name, parameters);
      const allowed = operation.tolerance.ulps(own) * ulp;
      const errorIn = errorsOf(operation.tolerance, operands, own);
      const right = Float32Array.from(expected);
      const taken = [right, ...spoiled(right, Math.max(2 * smallestNormal, smallestJudged[name] ?? 0))].map((got) => errorIn(0, got, expected) <= allowed);
      if (!taken[0] || taken.slice(1).some(Boolean)) failures.push(`${name} ${JSON.stringify({ parameters, expected, taken })}`);
    }
  }
  expect(failures).toEqual([]);
});
