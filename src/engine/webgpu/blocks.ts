import type { BlockRange } from '../stages.ts';
import { bytesOf, perWord } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Region } from './command.ts';

/** Puts a block of a result where it belongs in the whole, on the host. */
export function placeBlock(block: Float32Array, range: BlockRange, whole: Float32Array, width: number): void {
  if (range.width === width) {
    whole.set(block, range.from * width);
    return;
  }
  for (let row = 0; row < range.rows; row++) {
    whole.set(
      block.subarray(row * range.width, (row + 1) * range.width),
      (range.from + row) * width + range.columnFrom,
    );
  }
}

/** The same on the device. */
export function copyBlock(
  commands: GPUCommandEncoder,
  region: Region,
  range: BlockRange,
  whole: GPUBuffer,
  { width, storage }: Tensor,
): void {
  if (range.width === width) {
    const start = region.start % perWord[storage]; // whole words, whose other half is the same on both sides
    commands.copyBufferToBuffer(
      region.buffer,
      bytesOf(storage, region.start - start),
      whole,
      bytesOf(storage, range.from * width - start),
      bytesOf(storage, start + range.rows * width),
    );
    return;
  }
  for (let row = 0; row < range.rows; row++) {
    const to = 4 * ((range.from + row) * width + range.columnFrom);
    commands.copyBufferToBuffer(region.buffer, 4 * (region.start + row * region.stride), whole, to, 4 * range.width);
  }
}
