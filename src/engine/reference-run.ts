import { yieldWhenDue } from './event-loop.ts';
import { DomainError } from './errors.ts';
import { problemOfRow } from './forms.ts';
import { consumerOf, lineageOf } from './lineage.ts';
import { Reference, type SourceData } from './reference.ts';
import { allocateResult } from './allocate-result.ts';
import { numbersOf, type StoredNumbers } from './storage.ts';
import type { RunHooks } from './run-hooks.ts';
import type { Tensor } from './tensor.ts';

/** Runs a tensor by the f64 reference of every operation, row by row, rounded to f32 at the very end. */
export async function readByReference(
  tensor: Tensor,
  sourceData: SourceData,
  checked: WeakSet<Tensor>,
  hooks: RunHooks,
): Promise<Float32Array<ArrayBuffer>> {
  for (const source of lineageOf(tensor)) {
    if (source.origin.kind === 'source' && !checked.has(source))
      await checkSource(source, sourceData(source), tensor, checked, hooks);
  }
  const reference = new Reference(sourceData);
  const operand = reference.operand(tensor);
  const out = allocateResult(tensor);
  for (let row = 0; row < tensor.rows; row++) {
    await inSteps(reference.steps(tensor, row), hooks);
    out.set(operand.row(row), row * tensor.width);
    hooks.onProgress?.(row + 1, tensor.rows);
    hooks.signal?.throwIfAborted();
  }
  return out;
}

/** Takes steps with turns of the event loop between them. */
export async function inSteps(steps: Iterable<void>, { signal }: RunHooks): Promise<void> {
  for (const _ of steps) {
    const yielded = yieldWhenDue();
    if (!yielded) continue;
    await yielded;
    signal?.throwIfAborted();
  }
}

/** Throws at the first row of a source that breaks the rules of its form; otherwise the source is `checked`. */
export async function checkSource(
  source: Tensor,
  data: StoredNumbers,
  root: Tensor,
  checked: WeakSet<Tensor>,
  hooks: RunHooks,
): Promise<void> {
  for (let row = 0; row < source.rows; row++) {
    const problem = problemOfRow(source.form, numbersOf(data, row * source.width, source.width));
    if (problem) throw new DomainError({ ...consumerOf(source, root), row, ...problem });
    await yieldWhenDue();
    hooks.signal?.throwIfAborted();
  }
  checked.add(source);
}
