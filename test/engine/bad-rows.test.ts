/** The WebAssembly module finds what breaks the rules of a form; the rules in f64 have the last word. */
import { expect, test } from 'vitest';
import { Instance } from '../../src/engine/cpu/instance.ts';
import { wasmModule } from '../../src/engine/cpu/module.ts';
import type { BadRow, Program } from '../../src/engine/cpu/program.ts';
import { DomainError } from '../../src/engine/errors.ts';
import { distributionForms, problemOfRow, type Form } from '../../src/engine/forms.ts';
import { klDivergence, openEngine } from '../../src/index.ts';
import { expectFailure } from '../failure.ts';
import { randomRows } from './random-rows.ts';

const instance = await Instance.open((await wasmModule())!);

function firstBad(checks: readonly Form[], width: number, ...inputs: readonly Float32Array[]): BadRow | undefined {
  const program: Program = { id: -1, inputs: checks.map((check) => ({ width, check })), constants: [], slots: [], steps: [], rowsAtOnce: 1 };
  return instance.run(program, inputs[0]!.length / width, inputs, new Float32Array());
}

/** Rows of a form that are good. */
function goodRows(form: Form, rows: number, width: number): Float32Array {
  const data = randomRows(rows, width, width);
  for (let row = 0; row < rows; row++) {
    const part = data.subarray(row * width, (row + 1) * width);
    const sum = part.reduce((total, x) => total + x, 0);
    if (form === 'probabilities') part.forEach((x, k) => { part[k] = x / sum; });
    if (form === 'logProbabilities') part.forEach((x, k) => { part[k] = Math.log(x / sum); });
    if (form === 'logits') part[row % width] = -20;
  }
  return data;
}

test.each([...distributionForms, 'values'] as const)('%s: each entry of a row counts, whatever its width', (form) => {
  for (const width of [2, 3, 4, 5, 7, 8, 15, 31, 32, 33, 36, 63, 64, 71]) {
    const data = goodRows(form, 3, width);
    expect(firstBad([form], width, data)).toBeUndefined();
    for (let k = 0; k < width; k++) {
      for (const x of [-1, -1e-30, Number.NaN, Infinity, -Infinity]) {
        const broken = data.slice();
        broken[width + k] = x;
        const isBad = problemOfRow(form, broken.subarray(width, 2 * width)) !== undefined;
        expect(firstBad([form], width, broken), `${x} at ${k} of ${width}`).toEqual(isBad ? { input: 0, row: 1 } : undefined);
      }
    }
  }
});

test.each([['probabilities', 1 - 1e-3, 1 + 1e-3], ['weights', 2 ** -100, 2 ** 100]] as const)('sums of %s are judged exactly at their limits', (form, least, most) => {
  for (const width of [2, 5, 32, 40, 100]) {
    const row = goodRows('probabilities', 1, width);
    for (const limit of [least, most]) {
      for (let step = -12; step <= 12; step++) {
        const scaled = row.map((x) => x * limit * (1 + step * 2 ** -23));
        expect(firstBad([form], width, scaled) !== undefined, `${limit}, ${step}`).toBe(problemOfRow(form, scaled) !== undefined);
      }
    }
  }
});

test('of several inputs the first bad row is told, and of equals the first input', () => {
  const [width, rows] = [8, 5000];
  const data = (bad: number): Float32Array => goodRows('weights', rows, width).fill(-1, bad * width, (bad + 1) * width);
  expect(firstBad(['weights', 'weights'], width, data(4000), data(30))).toEqual({ input: 1, row: 30 });
  expect(firstBad(['weights', 'weights'], width, data(30), data(4000))).toEqual({ input: 0, row: 30 });
  expect(firstBad(['weights', 'weights'], width, data(4000), data(4000))).toEqual({ input: 0, row: 4000 });
});

/** A row whose sum is 1.001 if it is added from left to right, where what is small is lost, and more otherwise. */
function disputedRow(): Float32Array<ArrayBuffer> {
  const a = Math.fround(1.001 - 2 ** -20);
  const b = Math.fround(1.001 - a);
  const c = Math.fround(1.001 - a - b);
  return Float32Array.of(a, b, c, 0, 1e-16, 1e-16, 1e-16, 1e-16);
}

test('a row that the rules allow after all does not hide another', async () => {
  const row = disputedRow();
  expect([problemOfRow('probabilities', row), firstBad(['probabilities'], 8, row)]).toEqual([undefined, { input: 0, row: 0 }]);
  using engine = await openEngine({ backend: 'cpu' });
  const p = engine.rows(row, { outcomes: 8 });
  const [divergence] = await klDivergence(p, engine.rows(new Float32Array(8).fill(0.125), { outcomes: 8 })).read();
  expect(divergence).toBeCloseTo(Math.log(8), 4);
  const broken = engine.rows(new Float32Array(8).fill(-1), { outcomes: 8 });
  await expectFailure(() => klDivergence(engine.rows(row, { outcomes: 8 }), broken).read(), DomainError, 'domain', { argument: 'q', row: 0 });
});
