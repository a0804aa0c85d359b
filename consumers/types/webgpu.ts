/** What knows WebGPU: @webgpu/types, or the DOM of TypeScript since 6. */
import { klDivergence, openEngine } from 'dually';

const adapter = await navigator.gpu.requestAdapter();
const device = await adapter!.requestDevice();
const engine = await openEngine({ device, onDeviceLost: async () => adapter!.requestDevice() });
const buffer = device.createBuffer({ size: 8, usage: 0x80 | 0x04 }); // storage, to be copied from
const p = engine.rows(buffer, { outcomes: 2 });
const result = (await klDivergence(p, p).buffer()) as GPUBuffer;
device.createCommandEncoder().clearBuffer(result);
