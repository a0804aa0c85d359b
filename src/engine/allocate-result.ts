import { LimitExceededError } from './errors.ts';
import type { Tensor } from './tensor.ts';

/** Memory of the host for the numbers of a result. */
export function allocateResult({
  rows,
  width,
  shape,
}: Pick<Tensor, 'rows' | 'width' | 'shape'>): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(rows * width);
  } catch (cause) {
    // a RangeError: longer than arrays may be, or than there is memory for
    throw new LimitExceededError(
      {
        operation: 'tensor.read',
        expected: 'a result that fits the memory of the host',
        got: `${4 * rows * width} bytes, in a tensor of shape [${shape.join(', ')}]`,
        remedy: 'Read fewer rows at a time.',
      },
      { cause },
    );
  }
}
