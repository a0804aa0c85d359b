import { expect } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { DistributionForm } from '../../src/engine/forms.ts';
import type { Regime } from '../../src/engine/kernel.ts';
import type { Backend, RunReport } from '../../src/engine/report.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';

export type Rows = readonly (readonly number[])[];
export type Divergence = (p: Tensor, q: Tensor) => Tensor;

/** Where a divergence is evaluated. */
export interface Place {
  readonly name: string;
  readonly backend: Backend;
  readonly regime?: Regime;
}

export const places: readonly Place[] = [
  { name: 'the reference', backend: 'reference' }, { name: 'the CPU', backend: 'cpu' },
  { name: 'WebGPU, a row a lane', backend: 'webgpu', regime: 'lane' }, { name: 'WebGPU, a row a workgroup', backend: 'webgpu', regime: 'workgroup' },
];

/** One engine a place. */
const engines = new Map<Place, Promise<Engine>>();

/** For the afterAll of every file that evaluates. */
export async function closeEngines(): Promise<void> {
  for (const engine of engines.values()) (await engine).dispose();
  engines.clear();
}

/** The values of a divergence of rows, and the report of its run. */
export async function evaluate(
  place: Place, divergence: Divergence, p: Rows, q: Rows, form: DistributionForm = 'weights',
): Promise<{ values: number[]; report: RunReport }> {
  const { backend, regime } = place;
  if (!engines.has(place)) engines.set(place, placeFor(backend).then((options) => openEngine(options, regime ? { regime } : {})));
  const engine = await engines.get(place)!;
  const outcomes = p[0]!.length;
  using d = divergence(engine.rows(p, { outcomes, form }), engine.rows(q, { outcomes, form }));
  const values = [...await d.read()];
  return { values, report: d.report };
}

/** Each value within so many ulp of what is expected; zeros without a sign and infinities exactly. */
export function expectUlps(got: readonly number[], expected: readonly number[], ulps: number): void {
  expect(got.length).toBe(expected.length);
  got.forEach((value, row) => {
    const wanted = Math.fround(expected[row]!);
    if (wanted === 0 || !Number.isFinite(wanted)) expect(value, `row ${row}`).toBe(wanted);
    else expect(Math.abs(value / expected[row]! - 1) / ulp, `row ${row}: ${value} for ${expected[row]}`).toBeLessThanOrEqual(ulps);
  });
}
