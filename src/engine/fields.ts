import { makingOf } from './lineage.ts';
import { unlessAborted } from './signals.ts';
import { partOf } from './storage.ts';
import type { Tensor } from './tensor.ts';

type Numbers = Float32Array<ArrayBuffer>;

/** What runs of several results have made, for the reads of the others. */
const runs = new WeakMap<Tensor, Promise<Numbers>>();

/**
 * Reads a field of what one run has made, or another field's read is making; if that fails, the next in line runs. Columns
 * that are no field are for others to read.
 */
export function readField(
  tensor: Tensor, read: (of: Tensor) => Promise<Numbers>, signal?: AbortSignal,
): Promise<Numbers> | undefined {
  const { operation, inputs: [of], parameters } = makingOf(tensor);
  const isField = of!.origin.kind === 'result' && of!.origin.operation.fields !== undefined;
  return isField ? partOfRun(tensor, of!, operation.view!(parameters), read, signal) : undefined;
}

async function partOfRun(
  tensor: Tensor, of: Tensor, from: number, read: (of: Tensor) => Promise<Numbers>, signal?: AbortSignal,
): Promise<Numbers> {
  const others = runs.get(of)?.catch(() => undefined);
  let numbers = others && await unlessAborted(others, signal);
  if (!numbers) {
    const run = read(of);
    runs.set(of, run);
    numbers = await run;
  }
  tensor.report = of.report;
  const { rows, width } = tensor;
  const field = new Float32Array(rows * width);
  for (let row = 0, at = from; row < rows; row++, at += of.width) field.set(partOf(numbers, at, at + width), row * width);
  return field;
}
