import { vi } from 'vitest';

/** What breaks, at which call of a device: it is destroyed before the call or when its promise has come true, or the call fails, or is answered when the test says. */
export interface Fault {
  readonly call: number | 'every';
  readonly how: 'destroy before' | 'destroy after' | 'reject' | 'never answer' | 'answer later';
  /** Only calls of this name count; all where it is not said. */
  readonly name?: string;
}

const ofDevice = ['createBuffer', 'createBindGroup', 'createBindGroupLayout', 'createPipelineLayout', 'createShaderModule', 'createComputePipelineAsync', 'createCommandEncoder', 'pushErrorScope', 'popErrorScope'];
const ofQueue = ['submit', 'writeBuffer', 'onSubmittedWorkDone'];

type Methods = Record<string, (...values: unknown[]) => unknown>;

/** Real devices whose calls are counted, and that break where a fault says so. */
export class FaultyDevices {
  readonly devices: GPUDevice[] = [];
  /** Buffers that were made and not destroyed, and their devices. */
  readonly buffers: Map<GPUBuffer, GPUDevice> = new Map<GPUBuffer, GPUDevice>();
  readonly errors: string[] = [];
  calls: number = 0;
  fault: Fault | undefined;
  /** How often an adapter was asked for. */
  asked: number = 0;
  /** How many devices there will be yet. */
  supply: number = Infinity;
  /** Lets calls be answered that wait for that. */
  readonly late: (() => void)[] = [];

  /** From now on adapters give such devices. */
  install(): void {
    const request = navigator.gpu.requestAdapter.bind(navigator.gpu);
    vi.spyOn(navigator.gpu, 'requestAdapter').mockImplementation(async (options) => {
      this.asked++;
      const adapter = this.supply > 0 ? await request(options) : null;
      if (!adapter) return null;
      const requestDevice = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (descriptor) => this.#watch(await requestDevice(descriptor));
      return adapter;
    });
  }

  #watch(device: GPUDevice): GPUDevice {
    this.supply--;
    this.devices.push(device);
    device.addEventListener('uncapturederror', (event) => this.errors.push(event.error.message));
    for (const name of ofDevice) this.#count(device, device, name);
    for (const name of ofQueue) this.#count(device, device.queue, name);
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      this.buffers.set(buffer, device);
      this.#count(device, buffer, 'mapAsync');
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = (): undefined => {
        this.buffers.delete(buffer);
        destroy();
      };
      return buffer;
    };
    return device;
  }

  #count(device: GPUDevice, on: object, name: string): void {
    const methods = on as Methods;
    const method = methods[name]!.bind(on);
    methods[name] = (...values) => {
      const { fault } = this;
      if (fault?.name !== undefined && fault.name !== name) return method(...values);
      const call = this.calls++;
      if (!fault || (fault.call !== 'every' && fault.call !== call)) return method(...values);
      if (fault.how === 'reject') return Promise.reject(new DOMException('injected', 'OperationError'));
      if (fault.how === 'never answer') return new Promise(() => undefined);
      if (fault.how === 'answer later') return new Promise((resolve) => this.late.push(() => resolve(method(...values))));
      if (fault.how === 'destroy before') device.destroy();
      const result = method(...values);
      if (fault.how === 'destroy before') return result;
      if (!(result instanceof Promise)) {
        device.destroy();
        return result;
      }
      return result.finally(() => device.destroy());
    };
  }
}
