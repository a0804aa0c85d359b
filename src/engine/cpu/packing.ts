import type { RowRange } from './row-queue.ts';
import { partOf } from '../storage.ts';
import { isShared } from '../tags.ts';
import type { Program, RowWork } from './program.ts';

/** Memory that a task travels in, again and again: fresh pages are dear. */
export interface Slot {
  buffer: ArrayBufferLike;
}

/** Brings rows into a slot. Inputs that are shared stay where they are. */
export function pack(
  { program, inputs }: RowWork,
  { from, rows }: RowRange,
  slot: Slot,
  shared: boolean,
): { inputs: Float32Array[]; out: Float32Array; transfer: ArrayBuffer[] } {
  const outWidth = program.steps.at(-1)?.width ?? 0;
  const width = program.inputs.reduce(
    (sum, input, index) => sum + (isShared(inputs[index]!) ? 0 : input.width),
    outWidth,
  );
  const buffer = reserve(slot, 4 * rows * width, shared);
  let at = 0;
  const place = (of: number): Float32Array => {
    const view = new Float32Array(buffer, at, rows * of);
    at += view.byteLength;
    return view;
  };
  const views = inputs.map((data, index) => {
    const of = program.inputs[index]!.width;
    const part = partOf(data, from * of, (from + rows) * of);
    if (isShared(part)) return part;
    const view = place(of);
    view.set(part);
    return view;
  });
  return { inputs: views, out: place(outWidth), transfer: shared ? [] : [buffer as ArrayBuffer] };
}

/** Sizes are powers of two, so that tasks of like sizes need no new memory. */
function reserve(slot: Slot, bytes: number, shared: boolean): ArrayBufferLike {
  if (slot.buffer.byteLength >= bytes && slot.buffer.byteLength > 0) return slot.buffer;
  const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, 2 ** 16)));
  return (slot.buffer = shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
}

/** A view travels with all of its buffer, so constants that are parts are cut out. */
export function sendable(program: Program): Program {
  const cut = (data: Float32Array | Uint32Array): Float32Array | Uint32Array =>
    data.byteLength === data.buffer.byteLength || (data instanceof Float32Array && isShared(data))
      ? data
      : data.slice();
  return { ...program, constants: program.constants.map(cut) };
}
