import type { Way, Work } from './cost.ts';
import { isGpuBuffer } from './gpu-types.ts';
import { passesOf } from './lineage.ts';
import type { Composition } from './operation.ts';
import { bytesOf } from './storage.ts';
import type { Tensor } from './tensor.ts';

/** The work that is left where some tensors are held already. Lineage may be thousands of steps deep, so a set is walked that grows. */
export function workOf(root: Tensor, held: (tensor: Tensor) => boolean, way?: Way): Work {
  let [numbers, rows, passes, bytesUp, bytesBack] = [0, 0, 0, 0, 0];
  const seen = new Set([root]);
  for (const tensor of seen) {
    const { origin } = tensor;
    if (origin.kind === 'source') {
      const bytes = bytesOf(tensor.storage, tensor.rows * tensor.width);
      if (isGpuBuffer(origin.data)) bytesBack += bytes;
      else if (!held(tensor)) bytesUp += bytes;
      continue;
    }
    if (held(tensor)) continue;
    const times = passesOf(tensor);
    const dearness = (way && origin.operation.dearness?.(origin.parameters, origin.inputs)[way]) ?? 1;
    numbers += times * dearness * numbersIn(tensor, origin.operation, origin.inputs);
    rows += times * tensor.rows;
    passes += times;
    for (const input of origin.inputs) seen.add(input);
  }
  return { numbers, rows, passes, bytesUp, bytesBack };
}

/** An argument along columns, or needed whole, is gone through for every row; of others the longest counts, or the result. */
function numbersIn({ rows, width }: Tensor, { arguments: expected }: Composition<unknown>, inputs: readonly Tensor[]): number {
  let most = rows * width;
  for (const [index, input] of inputs.entries()) {
    const { axis } = expected[index]!;
    const rowsRead = axis === 'picked' ? rows : ['columns', 'whole', 'batch'].includes(axis) ? rows * input.rows : Math.max(rows, input.rows);
    most = Math.max(most, rowsRead * input.width);
  }
  return most;
}
