import { importDawn } from '#dawn';
import { BackendUnavailableError } from '../errors.ts';

/** The page's or worker's WebGPU, or in Node that of the optional package `webgpu`. Undefined when there is none. */
async function findGpu(): Promise<GPU | undefined> {
  return (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu ?? dawn();
}

// Dawn's node binding dies when the object from create() is collected, so it is kept.
let dawnGpu: Promise<GPU | undefined> | undefined;

function dawn(): Promise<GPU | undefined> | undefined {
  dawnGpu ??= importDawn?.().then((binding) => binding.create([])).catch(() => undefined);
  return dawnGpu;
}

export interface FoundDevice {
  readonly device: GPUDevice;
  readonly adapter: string;
  /** Whether the adapter is software. */
  readonly fallback: boolean;
}

/** Milliseconds after which a browser that gives neither a device nor a refusal counts as having none. */
const patience = 10_000;

/** An adapter and its device with the limits that large batches want, and with those of the wanted features that there are; or the reason why there is none. */
export async function findDevice(wanted: readonly GPUFeatureName[] = []): Promise<FoundDevice | { readonly reason: string }> {
  const gpu = await findGpu();
  if (!gpu) return { reason: 'this environment has no WebGPU' };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<{ reason: string }>((resolve) => {
    timer = setTimeout(() => resolve({ reason: `WebGPU gave no device in ${patience / 1000} s` }), patience);
  });
  const asked = requestDevice(gpu, wanted);
  const found = await Promise.race([asked, silence]).finally(() => clearTimeout(timer));
  if (!('device' in found)) void asked.then((late) => { if ('device' in late) late.device.destroy(); });
  return found;
}

async function requestDevice(gpu: GPU, wanted: readonly GPUFeatureName[]): Promise<FoundDevice | { readonly reason: string }> {
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return { reason: 'WebGPU found no adapter' };
    const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = adapter.limits;
    if (maxStorageBuffersPerShaderStage === 0) return { reason: `the adapter ${describe(adapter.info)} computes nothing, as those of OpenGL do, which are taken where no Vulkan loader and driver are found` };
    const device = await adapter.requestDevice({ requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)), requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
    return { device, adapter: describe(adapter.info), fallback: adapter.info.isFallbackAdapter };
  } catch (error) {
    return { reason: `WebGPU gave no device: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The adapter in words, as far as the browser tells. */
export function describe(info: GPUAdapterInfo | undefined): string {
  const words = [info?.vendor, info?.architecture, info?.device, info?.description].filter((word) => word !== undefined && !/^\d*$/.test(word)); // Deno gives numbers of vendors
  return words.length === 0 ? 'unnamed adapter' : [...new Set(words)].join(' ');
}

export function unavailable(reason: string): BackendUnavailableError {
  return new BackendUnavailableError({
    operation: 'openEngine', argument: 'backend', expected: 'a WebGPU adapter', got: reason,
    remedy: "Use backend: 'auto' to fall back to the CPU, or in Node install the package webgpu.",
  });
}
