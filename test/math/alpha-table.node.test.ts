import { describe, expect, test } from 'vitest';
import { alphaTerm, deformedLogRatio, logRatio, weights } from '../../src/math/alpha-family.ts';
import {
  alphaTable,
  deformedLogDegree,
  deformedLogTable,
  polynomialDegree,
  tableHeadLength,
  tableLength,
  tableReach,
} from '../../src/math/alpha-table.ts';
import { relativeError, ulpsOfFloat32, uniformFrom } from './relative-error.ts';

const near = 1e-12;
const small = [-3, -2, -1 - near, -1, -1 + near, -0.5, 0, 0.3, 1 - near, 1, 1 + near, 2, 3];
const large = [-15, -12, -10, -7, -5, -4, 4, 5, 6.5, 10, 12, 15];

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
const fma = (x: number, y: number, z: number): number => Math.fround(x * y + z);

/** Significand in [1, 2) and biased exponent of a positive f32; subnormals are shifted up. */
function splitFloat(x: number): { mantissa: number; exponent: number } {
  float[0] = x;
  let pattern = bits[0]!;
  let exponent = pattern >>> 23;
  if (exponent === 0) {
    const shift = Math.clz32(pattern) - 8;
    pattern <<= shift;
    exponent = 1 - shift;
  }
  bits[0] = (pattern & 0x7fffff) | 0x3f800000;
  return { mantissa: float[0], exponent };
}

/** The kernel's reduction of a pair to u, d, s and k. */
function reducePair(p: number, q: number): { u: number; d: number; s: number; k: number; exponent: number } {
  const [first, second] = [splitFloat(p), splitFloat(q)];
  let u = first.mantissa;
  let k = second.exponent - first.exponent;
  if (q >= p && second.mantissa < u) {
    u *= 0.5;
    k -= 1;
  } else if (q < p && second.mantissa > u) {
    u *= 2;
    k += 1;
  }
  const d = Math.fround(second.mantissa - u);
  const s = Math.fround(d / Math.fround(second.mantissa + u));
  return { u, d, s, k, exponent: second.exponent - 127 };
}

function rowOf(table: Float32Array, k: number): { x: number; y: number; z: number; w: number } {
  const at = tableHeadLength + 4 * (k + tableReach);
  return { x: table[at]!, y: table[at + 1]!, z: table[at + 2]!, w: 2 ** new Int32Array(table.buffer)[at + 3]! };
}

function horner(table: Float32Array, degree: number, s: number): number {
  let sum = table[degree]!;
  for (let i = degree - 1; i >= 0; i--) sum = fma(sum, s, table[i]!);
  return sum;
}

function emulatedTerm(table: Float32Array, alpha: number, p: number, q: number): number {
  const { u, d, s, k, exponent } = reducePair(p, q);
  const row = rowOf(table, k);
  const g = horner(table, polynomialDegree(alpha), s);
  const mantissa = fma(d, fma(Math.fround(row.z * s), g, row.y), Math.fround(u * row.x));
  return mantissa * 2 ** Math.max(exponent, exponent - k) * row.w;
}

function emulatedDeformedLog(table: Float32Array, c: number, p: number, q: number): number {
  const { s, k } = reducePair(p, q);
  const row = rowOf(table, k);
  return fma(Math.fround(row.y * s), horner(table, deformedLogDegree(c), s), row.x) * row.w;
}

/** Pairs of f32 numbers: near one another down to 1e-7, within two binades, and up to 2^±150 apart, subnormals too. */
function* randomPairs(count: number): Generator<[number, number]> {
  const uniform = uniformFrom(99);
  for (let i = 0; i < count; i++) {
    const p = Math.fround(2 ** (-148 * uniform()));
    const ratios = [
      1 + 10 ** (-7 * uniform()) * (uniform() - 0.5),
      4 ** (2 * uniform() - 1),
      2 ** (300 * uniform() - 150),
    ];
    const q = Math.fround(p * ratios[i % 3]!);
    if (q > 0 && q !== p && q < 2 ** 127) yield [p, q];
  }
}

const inRange = (x: number): boolean => Math.abs(x) > 1e-290 && Math.abs(x) < 2 ** 128;

function worstUlps(actual: (p: number, q: number) => number, expected: (p: number, q: number) => number): number {
  let worst = 0;
  for (const [p, q] of randomPairs(6000)) {
    const reference = expected(p, q);
    if (inRange(reference)) worst = Math.max(worst, ulpsOfFloat32(actual(p, q), reference));
  }
  return worst;
}

describe('alphaTable', () => {
  test('its layout', () => {
    const table = alphaTable(2);
    expect(table.length).toBe(tableLength);
    expect(tableLength).toBe(32 + 4 * 561);
    expect([...table.subarray(0, 2)]).toEqual([1, Math.fround(2 / 3)]);
    expect([...table.subarray(polynomialDegree(2) + 1, 24)]).toEqual([
      ...new Array<number>(20 - polynomialDegree(2) - 1).fill(0),
      Math.fround(2 / 3),
      0,
      1.5,
      -0.5,
    ]);
    expect(rowOf(table, 0)).toEqual({ x: 0, y: 0, z: 1, w: 1 });
    const [atMinusOne, atOne] = [alphaTable(-1), alphaTable(1)];
    expect([...atMinusOne.subarray(20, 24)]).toEqual([0, 1, 0, 1]);
    expect([...atOne.subarray(20, 24)]).toEqual([1, 0, 1, 0]);
  });

  test.each([...small, ...large])('every row at α = %d is φ(2^−k, 1), T_−b(k log 2), 2^−bk', (alpha) => {
    const { a, b } = weights(alpha);
    const table = alphaTable(alpha);
    for (let k = -tableReach; k <= tableReach; k++) {
      const { x, y, z, w } = rowOf(table, k);
      const largest = Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
      expect(w === 1 ? largest >= 2 ** -4 && largest <= 2 ** 125 : largest >= 2 ** 124 && largest <= 2 ** 125, `k = ${k}`).toBe(true);
      const unit = 2 ** Math.min(k, 0);
      const direct = [alphaTerm(unit * 2 ** -k, unit, alpha), unit * deformedLogRatio(-b, k * Math.LN2), unit * 2 ** (-b * k)];
      if (Math.max(Math.abs(a), Math.abs(b)) * Math.abs(k) > 900) continue; // beyond f64
      [x, y, z].forEach((entry, column) => {
        const expected = direct[column]! / w;
        if (Math.abs(expected) < 2 ** -126) expect(Math.abs(entry)).toBeLessThan(2 ** -125);
        else expect(relativeError(entry, expected), `k = ${k}, column ${column}`).toBeLessThan(2 ** -24 * 1.001);
      });
    }
  });

  test('rows near the end of f32 continue the power law 2^−b', () => {
    for (const alpha of [-15, 15]) {
      const { b } = weights(alpha);
      const table = alphaTable(alpha);
      for (let k = 10; k < 30; k++) {
        const [here, next] = [-k, -k - 1].map((at) => rowOf(table, alpha < 0 ? at : -at)) as [
          ReturnType<typeof rowOf>,
          ReturnType<typeof rowOf>,
        ];
        const ratio = (next.z / here.z) * (next.w / here.w);
        expect(relativeError(ratio, 2 ** (Math.abs(b) - (alpha < 0 ? 1 : 0)))).toBeLessThan(2e-7);
      }
    }
  });

  test.each(small)('the f32 kernel at α = %d stays within 5 ulp', (alpha) => {
    const table = alphaTable(alpha);
    const worst = worstUlps(
      (p, q) => emulatedTerm(table, alpha, p, q),
      (p, q) => alphaTerm(p, q, alpha),
    );
    expect(worst).toBeGreaterThan(0.4);
    expect(worst).toBeLessThanOrEqual(5);
  });

  test.each(large)('the f32 kernel at α = %d stays within 10 ulp', (alpha) => {
    const table = alphaTable(alpha);
    const worst = worstUlps(
      (p, q) => emulatedTerm(table, alpha, p, q),
      (p, q) => alphaTerm(p, q, alpha),
    );
    expect(worst).toBeLessThanOrEqual(10);
  });
});

describe('deformedLogTable', () => {
  test('its layout', () => {
    const table = deformedLogTable(-0.5);
    expect(table.length).toBe(tableLength);
    expect([table[0], table[20]]).toEqual([2, -0.5]);
    expect(rowOf(table, 0)).toEqual({ x: 0, y: 1, z: 0, w: 1 });
    const { x, y, w } = rowOf(deformedLogTable(0), 3);
    expect(relativeError(x * w, 3 * Math.LN2)).toBeLessThan(2 ** -24);
    expect(y * w).toBe(1);
  });

  test.each([-3, -2, -1, -1e-13, 0, 1e-13, 0.3, 0.5, 1, 2, 3])(
    'the f32 kernel of T_c at c = %d stays within 6 ulp',
    (c) => {
      const table = deformedLogTable(c);
      const worst = worstUlps(
        (p, q) => emulatedDeformedLog(table, c, p, q),
        (p, q) => deformedLogRatio(c, logRatio(p, q)),
      );
      expect(worst).toBeGreaterThan(0.4);
      expect(worst).toBeLessThanOrEqual(6);
    },
  );
});
