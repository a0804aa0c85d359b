import type { Piece } from '../kernel.ts';
import { compileShader, joinPieces, type Shader } from '../shader.ts';
import { Trie } from '../trie.ts';
import { counters } from './counters.ts';
import { deviceError, type Gpu } from './gpu.ts';

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  /** Of group 0, the inputs, the output and the uniforms; and of group 1, the table, if there is one. */
  readonly layouts: readonly GPUBindGroupLayout[];
}

/** What was compiled for a device, or is being compiled: by its pieces, and by its text for pieces that are met for the first time. */
interface Compiled {
  readonly byPieces: Trie<Piece, Pipeline | Promise<Pipeline>>;
  readonly byText: Map<string, Promise<Pipeline>>;
}

/** Devices may be shared by engines, and so may what was compiled for them. */
const compiledFor = new WeakMap<GPUDevice, Compiled>();

/** How many buffers a kernel binds. */
export interface Bindings {
  readonly inputs: number;
  readonly hasTable: boolean;
}

/** The pipeline of joined pieces, which declare what they bind; the promise of it where it is not compiled yet. */
export function pipelineOf(
  gpu: Gpu, label: string, regime: readonly Piece[], kernel: readonly Piece[], bindings: Bindings,
): Pipeline | Promise<Pipeline> {
  let compiled = compiledFor.get(gpu.device);
  if (!compiled) compiledFor.set(gpu.device, compiled = { byPieces: new Trie(), byText: new Map() });
  const place = compiled.byPieces.at(regime).at(kernel);
  if (place.value) return place.value;
  const made = compiledOnce(gpu, compiled.byText, label, joinPieces([...regime, ...kernel]), bindings);
  place.value = made;
  made.then((pipeline) => { place.value = pipeline; }, () => { place.value = undefined; });
  return made;
}

function compiledOnce(
  gpu: Gpu, byText: Compiled['byText'], label: string, shader: Shader, bindings: Bindings,
): Promise<Pipeline> {
  const key = `${bindings.inputs} ${bindings.hasTable} ${shader.source}`;
  const known = byText.get(key);
  if (known) return known;
  counters.pipelines++;
  const made = createPipeline(gpu, label, shader, bindings);
  byText.set(key, made);
  made.catch(() => byText.delete(key));
  return made;
}

async function createPipeline(gpu: Gpu, label: string, shader: Shader, bindings: Bindings): Promise<Pipeline> {
  const { device } = gpu;
  const module = await compileShader(device, label, shader);
  const made = gpu.scoped(['validation', 'internal'], () => {
    const layouts = layoutsOf(bindings).map((buffers) => device.createBindGroupLayout({
      label, entries: buffers.map((buffer, binding) => ({ binding, visibility: 0x4 /* GPUShaderStage.COMPUTE */, buffer })),
    }));
    const layout = device.createPipelineLayout({ bindGroupLayouts: layouts });
    return { layouts, pipeline: device.createComputePipelineAsync({ label, layout, compute: { module, entryPoint: 'main' } }) };
  });
  const pipeline = await made.pipeline.catch((error: unknown) => {
    const { reason, message } = error as GPUPipelineError;
    throw deviceError(label, { kind: reason === 'validation' ? 'validation' : 'internal', message }, error);
  });
  return { pipeline, layouts: made.layouts };
}

function layoutsOf({ inputs, hasTable }: Bindings): readonly GPUBufferBindingLayout[][] {
  const reads = (count: number): GPUBufferBindingLayout[] => Array.from({ length: count }, () => ({ type: 'read-only-storage' }));
  const first: GPUBufferBindingLayout[] = [...reads(inputs), { type: 'storage' }, { type: 'uniform', hasDynamicOffset: true }];
  return hasTable ? [first, reads(1)] : [first];
}
