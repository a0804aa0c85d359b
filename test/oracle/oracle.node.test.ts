import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as divergences from '../../src/divergences/index.ts';
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

/** The f64 reference of a case. Steps and metrics take logits by way of probabilities, as the functions do. */
function evaluated({ form, p, q, g }: Group, name: string, parameters: Record<string, unknown>, width: number): Float64Array {
  const run = ({ operation }: Own, operands: readonly Operand[], own: object, length: number): Float64Array => {
    const out = new Float64Array(length);
    finish(operation.reference(operands, own)(0, out));
    return out;
  };
  const rows = operand(Float32Array.from(p), form);
  const weights = (): Operand => (form === 'logits' ? operand(run(functions['probabilities']!, [rows], {}, p.length), 'probabilities') : rows);
  const operands = ofNumbers.has(name) ? [weights(), operand(Float32Array.from(parameters['coordinates'] === 'theta' || parameters['coordinates'] === 'eta' ? g!.slice(1) : g!), 'values')]
    : name === 'fisherInformation' ? [weights()] : ofOne.has(name) ? [rows] : [rows, operand(Float32Array.from(q), form)];
  return run(functions[name]!, operands, name === 'euclideanGradient' ? { divergence: divergences.alphaDivergence, ...parameters } : parameters, width);
}

const tolerance = 1e-13;
/** What is smaller may lose digits, as products of it leave f64; f32 ends at 2⁻¹⁴⁹. */
const negligible = 2 ** -300;

/** The relative error, where rows are judged by their largest finite entry; infinities have to be met, and nothing is not a number. */
function errorOf(got: ArrayLike<number>, expected: readonly number[]): number {
  const scale = Math.max(negligible, ...expected.filter(Number.isFinite).map(Math.abs));
  const errors = expected.map((x, k) => (got[k] === x ? 0 : Number.isFinite(x) && Number.isFinite(got[k]) ? Math.abs(got[k]! - x) / scale : Infinity));
  return Math.max(...errors);
}

test.each([...new Set(groups.map(({ regime }) => regime))])('the reference agrees with values of many digits: %s', (regime) => {
  const failures: string[] = [];
  for (const group of groups.filter((each) => each.regime === regime)) {
    const { form, p, q, g } = group;
    for (const [name, parameters, value] of group.values) {
      const expected = [value].flat();
      const got = evaluated(group, name, parameters, expected.length);
      const error = errorOf(got, expected);
      if (error > tolerance) failures.push(`${error.toExponential(1)} ${name} ${JSON.stringify({ parameters, form, p, q, g, got: [...got], expected })}`);
    }
  }
  expect(failures).toEqual([]);
});
