import * as ort from 'onnxruntime-web/webgpu';
import * as ortOnCpu from 'onnxruntime-web/wasm'; // without what the GPU needs, which slows it
import { INPUTS, modelOf } from '../onnx-models.ts';
import { cores, type Batch, type Peer, type Prepared, type Work } from '../work.ts';
import { versionOf } from '../versions.ts';

const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

ortOnCpu.env.wasm.numThreads = cores();

type Session = ort.InferenceSession;
type Inputs = Record<string, ort.Tensor>;

function inputsOf({ batches, outcomes }: Work, place: (batch: Batch, dims: number[]) => ort.Tensor): Inputs {
  return Object.fromEntries(batches.map((batch, index) => [INPUTS[index]!, place(batch, [batch.rows, outcomes])]));
}

async function resultOf(session: Session, inputs: Inputs): Promise<Float32Array> {
  return (await session.run(inputs)).d!.data as Float32Array;
}

function onDevice(device: GPUDevice, { data }: Batch, dims: number[]): ort.Tensor {
  const gpuBuffer = device.createBuffer({ size: data.byteLength, usage: STORAGE });
  device.queue.writeBuffer(gpuBuffer, 0, data);
  return ort.Tensor.fromGpuBuffer(gpuBuffer, { dataType: 'float32', dims, dispose: () => gpuBuffer.destroy() });
}

const facts = {
  library: 'onnxruntime-web',
  version: versionOf('onnxruntime-web'),
  start: (): Promise<void> => Promise.resolve(), // a session starts its backend
};

export const peers: readonly Peer[] = [
  {
    ...facts,
    backend: 'webgpu',
    async prepare(work: Work): Promise<Prepared> {
      const session = await ort.InferenceSession.create(modelOf(work), { executionProviders: ['webgpu'] });
      const device = await ort.env.webgpu.device;
      const inputs = inputsOf(work, (batch, dims) => onDevice(device, batch, dims));
      return {
        run: () => resultOf(session, inputs),
        dispose() {
          for (const tensor of Object.values(inputs)) tensor.dispose();
          void session.release();
        },
      };
    },
  },
  {
    ...facts,
    backend: 'wasm',
    async prepare(work: Work): Promise<Prepared> {
      const session = await ortOnCpu.InferenceSession.create(modelOf(work), { executionProviders: ['wasm'] });
      return {
        run: () =>
          resultOf(
            session,
            inputsOf(work, ({ data }, dims) => new ortOnCpu.Tensor('float32', data, dims)),
          ),
        dispose: () => void session.release(),
      };
    },
  },
];
