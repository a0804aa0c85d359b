import { deviceError, type Gpu, type Step } from './gpu.ts';

/** Takes the bytes of one readback once the commands that fill it were submitted. */
export type Delivery = (use: (bytes: ArrayBuffer) => void) => Promise<void>;

/** Records a copy to memory that the host can map; the delivery is called after submission. */
export function recordReadback(gpu: Gpu, record: (step: Step) => void, buffer: GPUBuffer, offset: number, bytes: number): Delivery {
  const staging = gpu.pool.staging(bytes);
  record((commands) => commands.copyBufferToBuffer(buffer, offset, staging, 0, bytes));
  return async (use) => {
    try {
      await gpu.ignoring(() => staging.mapAsync(1 /* GPUMapMode.READ */, 0, bytes)).catch((error: unknown) => {
        throw deviceError('tensor.read', { kind: 'internal', message: (error as Error).message }, error);
      });
      use(staging.getMappedRange(0, bytes));
    } finally {
      staging.unmap();
      gpu.pool.give(staging);
    }
  };
}

/** Reads the bytes of a buffer now, in pieces that one buffer can hold. */
export async function readNow(gpu: Gpu, buffer: GPUBuffer, out: Uint8Array, pieceBytes: number): Promise<void> {
  for (let offset = 0; offset < out.byteLength; offset += pieceBytes) {
    const deliver = recordReadback(gpu, (step) => gpu.submit([step]), buffer, offset, Math.min(pieceBytes, out.byteLength - offset));
    await deliver((bytes) => out.set(new Uint8Array(bytes), offset));
  }
}
