/** What is said of adapters that are not there, or cannot compute. */
import { afterEach, expect, test } from 'vitest';
import { openEngine } from '../../src/index.ts';
import { thrownBy } from '../failure.ts';

const here = globalThis.navigator as { gpu: unknown };
const { gpu } = here; // Dawn, which must not be collected
afterEach(() => { here.gpu = gpu; });

const adapterOf = (limits: object): unknown => ({ limits, info: { vendor: '65541', device: '0', architecture: '', description: 'llvmpipe' }, features: new Set(), requestDevice: () => Promise.reject(new TypeError('Value must be between 0 and 0, got 8')) });

test.each([
  ['that of OpenGL', adapterOf({ maxStorageBuffersPerShaderStage: 0 }), /the adapter llvmpipe computes nothing, .* Vulkan loader and driver/],
  ['one that gives no device', adapterOf({ maxStorageBuffersPerShaderStage: 8 }), /gave no device: Value must be/],
  ['none', null, /found no adapter/],
])('%s', async (_, adapter, said) => {
  here.gpu = { requestAdapter: () => Promise.resolve(adapter) };
  expect(await thrownBy(() => openEngine({ backend: 'webgpu' }))).toMatchObject({ code: 'backend-unavailable', got: expect.stringMatching(said) as string });
  const engine = await openEngine();
  expect(engine.info).toMatchObject({ backend: 'cpu', reason: expect.stringMatching(said) as string });
  engine.dispose();
});
