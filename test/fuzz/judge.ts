/** Whether numbers are right: every step of a call by the f64 reference of its operation, within its tolerance. */
import { errorsOf, ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { isLogits } from '../../src/engine/forms.ts';
import { isGpuBuffer } from '../../src/engine/gpu-types.ts';
import { lineageOf } from '../../src/engine/lineage.ts';
import type { Operand } from '../../src/engine/operation.ts';
import { Reference, type SourceData } from '../../src/engine/reference.ts';
import type { StoredNumbers } from '../../src/engine/storage.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { build, type CallSpec } from './calls.ts';
import type { Station } from './stations.ts';

/**
 * What is wrong with the numbers of a call, if anything is. Numbers in between are rounded to f32 on the way, so that the
 * numbers at the end may be far from those of the reference if they cancel: each step is judged by what it was given.
 * What the reference itself did is the same to the last bit.
 */
export async function isRight(engine: Engine, { device }: Station, spec: CallSpec, data: Float32Array, expected: Float32Array): Promise<string | undefined> {
  if (data.length !== expected.length) return `${data.length} numbers, not ${expected.length}`;
  if (data.every((x, k) => x === expected[k])) return undefined;
  const sources: Tensor[] = [];
  const root = build(engine, device, spec, sources).at(-1)!;
  const numbers = new Map<Tensor, Float32Array>();
  try {
    for (const tensor of lineageOf(root)) numbers.set(tensor, tensor === root ? data : await tensor.read());
    for (const tensor of [...numbers.keys()].toReversed()) {
      const problem = problemOfStep(tensor, numbers);
      if (problem !== undefined) return problem;
    }
    return undefined;
  } finally {
    for (const tensor of [...sources, ...numbers.keys()]) tensor.dispose();
  }
}

/** Sums of terms of either sign, which may be ∞ − ∞ where they leave f32. */
const overflows = ['gram', 'product', 'sumBy'];

/** Of what a composition has of its own. */
const dataOf: SourceData = ({ origin }) => (origin as { readonly data: StoredNumbers }).data;

function problemOfStep(tensor: Tensor, numbers: ReadonlyMap<Tensor, Float32Array>): string | undefined {
  const { origin, rows, width } = tensor;
  const got = numbers.get(tensor)!;
  if (origin.kind === 'source') return !isGpuBuffer(origin.data) && origin.data instanceof Float32Array && !origin.data.every((x, k) => x === got[k]) ? 'a source is not what was given' : undefined;
  const { operation: { name, tolerance }, parameters } = origin;
  if (origin.inputs.some((input) => input.origin.kind === 'result' && !numbers.get(input)!.every(Number.isFinite))) return undefined; // a slope is infinite, and has no numbers
  if (!overflows.includes(name) && got.some(Number.isNaN)) return `${name}: NaN at ${got.findIndex(Number.isNaN)}`;
  const operands = origin.inputs.map((input) => operandOf(input, numbers.get(input)!));
  if (operands.some(leavesFloats)) return undefined;
  const reference = new Reference(dataOf, new Map(origin.inputs.map((input, index) => [input, operands[index]!]))).operand(tensor);
  const errorOf = errorsOf(tolerance, operands, parameters);
  for (let row = 0; row < rows; row++) {
    const [part, wanted] = [got.subarray(row * width, (row + 1) * width), reference.row(row)];
    const error = errorOf(row, part, wanted) / ulp;
    if (!(error <= tolerance.ulps(parameters))) return `${name}, row ${row}: ${error} ulp; got ${shown(part)}, expected ${shown(wanted)}`;
  }
  return undefined;
}

/** WebGPU may flush numbers below 2⁻¹²⁶ to zero, sums of powers of ratios beyond 2¹⁰⁰ need not fit f32, and kernels bound slopes: then errors have no bound. */
function leavesFloats(operand: Operand): boolean {
  const { form, rows } = operand;
  if (isLogits(form)) return false;
  for (let index = 0; index < rows; index++) {
    const sizes = Array.from(operand.row(index), Math.abs).filter((x) => x > 0);
    const [least, greatest] = [Math.min(...sizes), Math.max(...sizes)];
    if (least < 2 ** -126 || greatest > (form === 'values' ? 2 ** 60 : 2 ** 100 * least)) return true;
  }
  return false;
}

const shown = (row: ArrayLike<number>): string => `[${Array.from(row).slice(0, 5).join(', ')}${row.length > 5 ? ', …' : ''}]`;

function operandOf({ form, rows, width }: Tensor, data: Float32Array): Operand {
  const at = (index: number): number => (rows === 1 ? 0 : index) * width;
  return { form, rows, width, row: (index) => data.subarray(at(index), at(index) + width) };
}
