import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { uniformFrom } from '../math/relative-error.ts';

/** Pairs of rows, as many of p as of q. */
export interface Pairs {
  readonly form: DistributionForm;
  readonly p: readonly number[][];
  readonly q: readonly number[][];
}

/** Weights at distances from 1e-7 to far apart, some over many powers of two, some of other masses. Exact in f32. */
export function pairsOfWeights(outcomes: number, rows: number, seed: number): Pairs {
  const uniform = uniformFrom(seed);
  const pairs = Array.from({ length: rows }, (_, row) => {
    const [spread, distance, mass] = [row % 3 === 0 ? 60 * uniform() : 4, 10 ** (-7 * uniform()), row % 4 === 0 ? 1 + 5 * uniform() : 1];
    const p = Array.from({ length: outcomes }, () => Math.fround(2 ** (-spread * uniform())));
    const q = row % 5 === 0 ? p.map(() => Math.fround(2 ** (-spread * uniform()))) : p.map((x) => Math.fround(mass * x * (1 + distance * (uniform() - 0.5))));
    return { p, q };
  });
  return { form: 'weights', p: pairs.map(({ p }) => p), q: pairs.map(({ q }) => q) };
}

/** Logits at distances from 1e-6 to 10, peaked and flat, moved by different constants. Exact in f32. */
export function pairsOfLogits(outcomes: number, rows: number, seed: number): Pairs {
  const uniform = uniformFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const pairs = Array.from({ length: rows }, () => {
    const [spread, distance, shift] = [10 ** (1.2 * uniform() - 0.5), 10 ** (7 * uniform() - 6), uniform() < 0.5 ? 0 : -35];
    const p = Array.from({ length: outcomes }, () => Math.fround(spread * normal()));
    return { p, q: p.map((x) => Math.fround(Math.fround(x + distance * normal()) + shift)) };
  });
  return { form: 'logits', p: pairs.map(({ p }) => p), q: pairs.map(({ q }) => q) };
}

/** The result of an operation on pairs of rows, which must have run on the GPU. */
export async function readPairs(engine: Engine, { form, p, q }: Pairs, operation: (p: Tensor, q: Tensor) => Tensor): Promise<number[]> {
  const outcomes = p[0]!.length;
  using a = engine.rows([...p], { outcomes, form });
  using b = engine.rows([...q], { outcomes, form });
  using result = operation(a, b);
  const values = [...(await result.read())];
  if (engine.info.backend === 'webgpu' && result.report?.backend !== 'webgpu') throw new Error(`ran elsewhere: ${result.report?.reason}`);
  return values;
}

/** The error in units of 2⁻²³ of what is expected; beyond f32 only ∞ is right, and below 2⁻¹²⁶ whatever is. */
export function ulpsOf(got: number, expected: number): number {
  if (got === (Math.fround(expected) === Infinity ? Infinity : expected)) return 0;
  if (expected < 2 ** -126 && got >= 0 && got <= 2 ** -126) return 0;
  return Math.abs(got - expected) / Math.max(Math.abs(expected), 2 ** -126) / ulp;
}

/** The largest error of a batch, and where it is. */
export function worstOf(got: readonly number[], expected: readonly number[]): { readonly ulps: number; readonly row: number; readonly got: number; readonly expected: number } {
  const all = expected.map((value, row) => ({ ulps: ulpsOf(got[row]!, value), row, got: got[row]!, expected: value }));
  return all.reduce((worst, each) => (each.ulps <= worst.ulps ? worst : each));
}
