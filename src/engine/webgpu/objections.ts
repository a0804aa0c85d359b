import { DeviceError, DomainError } from '../errors.ts';
import { isGpuBuffer } from '../gpu-types.ts';
import { consumerOf, lineageOf } from '../lineage.ts';
import type { Tensor } from '../tensor.ts';
import type { Memory } from './memory.ts';

/**
 * Why a run was refused, where a buffer of the caller's is at fault: which argument, and that it was destroyed or belongs
 * elsewhere. A result's own buffer that its caller destroyed is let go, so that the next run makes it anew.
 */
export async function explained(error: unknown, root: Tensor, device: GPUDevice, memory: Memory): Promise<unknown> {
  if (!(error instanceof DeviceError && error.kind === 'validation')) return error;
  for (const tensor of lineageOf(root)) {
    const { origin } = tensor;
    const given = origin.kind === 'source' && isGpuBuffer(origin.data);
    const buffer = given ? origin.data as GPUBuffer : memory.buffer(tensor);
    const objection = buffer && await objectionTo(device, buffer);
    if (objection === undefined) continue;
    if (given) return refusal(tensor, root, objection, error);
    memory.lose(tensor);
  }
  return error;
}

/** What WebGPU says against a buffer: commands that do nothing but name it are submitted. */
async function objectionTo(device: GPUDevice, buffer: GPUBuffer): Promise<string | undefined> {
  device.pushErrorScope('validation');
  const layout = device.createBindGroupLayout({ entries: [{ binding: 0, visibility: 0x4 /* GPUShaderStage.COMPUTE */, buffer: { type: 'read-only-storage' } }] });
  const commands = device.createCommandEncoder();
  const pass = commands.beginComputePass();
  pass.setBindGroup(0, device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer, size: 4 } }] }));
  pass.end();
  device.queue.submit([commands.finish()]);
  return (await device.popErrorScope().catch(() => null))?.message; // rejects when the device is lost
}

function refusal(source: Tensor, root: Tensor, objection: string, cause: DeviceError): DomainError | DeviceError {
  const at = { argument: 'data', ...consumerOf(source, root) };
  if (/destroyed/i.test(objection)) {
    return new DomainError({ ...at, expected: 'a GPUBuffer that is still there', got: `one of shape [${source.shape.join(', ')}] that was destroyed`, remedy: 'Destroy a buffer only when the tensors made from it were read for the last time.' }, { cause });
  }
  return new DeviceError({ ...at, kind: cause.kind, expected: 'a GPUBuffer that the device of the engine can use', got: objection, remedy: 'Give an unmapped buffer of the same device.' }, { cause });
}
