import * as ort from 'onnxruntime-web/webgpu';
import { modelOf } from '../onnx-models.ts';
import { versionOf } from '../versions.ts';
import type { Peer, Prepared, Work } from '../work.ts';

const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

function peerOn(backend: 'webgpu' | 'wasm'): Peer {
  return {
    library: 'onnxruntime-web',
    version: versionOf('onnxruntime-web'),
    backend,
    start: () => Promise.resolve(), // a session starts its backend
    async prepare({ task, rows, columns, outcomes, p, q }: Work): Promise<Prepared> {
      const session = await ort.InferenceSession.create(modelOf(task, rows, columns, outcomes), {
        executionProviders: [backend],
      });
      const device = backend === 'webgpu' ? await ort.env.webgpu.device : undefined;
      const place = (data: Float32Array<ArrayBuffer>, dims: number[]): ort.Tensor =>
        device ? onDevice(device, data, dims) : new ort.Tensor('float32', data, dims);
      const inputs = { p: place(p, [rows, outcomes]), q: place(q, [columns, outcomes]) };
      return {
        run: async () => (await session.run(inputs)).d!.data as Float32Array,
        dispose() {
          for (const tensor of Object.values(inputs)) tensor.dispose();
          void session.release();
        },
      };
    },
  };
}

function onDevice(device: GPUDevice, data: Float32Array<ArrayBuffer>, dims: number[]): ort.Tensor {
  const gpuBuffer = device.createBuffer({ size: data.byteLength, usage: STORAGE });
  device.queue.writeBuffer(gpuBuffer, 0, data);
  return ort.Tensor.fromGpuBuffer(gpuBuffer, { dataType: 'float32', dims, dispose: () => gpuBuffer.destroy() });
}

export const peers: readonly Peer[] = [peerOn('webgpu'), peerOn('wasm')];
