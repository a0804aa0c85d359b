import { usage } from '../gpu-types.ts';
import { Trie } from '../trie.ts';
import type { Step } from './gpu.ts';
import type { Pipeline } from './pipelines.ts';

/** A dispatch as it is encoded. */
export interface PreparedDispatch {
  readonly label: string;
  readonly pipeline: Pipeline;
  /** The inputs, the output and the uniforms. */
  readonly buffers: readonly GPUBuffer[];
  readonly table?: GPUBuffer;
  readonly uniformsAt: number;
  readonly uniformBytes: number;
  readonly workgroups: readonly [x: number, y: number];
}

/**
 * Encodes dispatches one after the other into one pass, until something else comes between them. The pool hands out the
 * same few buffers again and again, so bind groups are kept for the run.
 */
export class Passes {
  readonly #device: GPUDevice;
  readonly #groups = new Trie<WeakKey, GPUBindGroup>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  encode(commands: GPUCommandEncoder, steps: readonly (PreparedDispatch | Step)[]): void {
    let pass: GPUComputePassEncoder | undefined;
    let before: PreparedDispatch | undefined;
    for (const step of steps) {
      if (typeof step === 'function') {
        pass?.end();
        pass = before = undefined;
        step(commands);
      } else {
        pass ??= commands.beginComputePass({ label: step.label });
        this.#dispatch(pass, step, before);
        before = step;
      }
    }
    pass?.end();
  }

  #dispatch(pass: GPUComputePassEncoder, dispatch: PreparedDispatch, before: PreparedDispatch | undefined): void {
    const { pipeline, buffers, table, uniformsAt, workgroups: [x, y] } = dispatch;
    if (pipeline !== before?.pipeline) pass.setPipeline(pipeline.pipeline);
    pass.setBindGroup(0, this.#group(dispatch, pipeline.layouts[0]!, buffers), [uniformsAt]);
    if (table) pass.setBindGroup(1, this.#group(dispatch, pipeline.layouts[1]!, [table]));
    pass.dispatchWorkgroups(x, y);
  }

  #group({ label, uniformBytes }: PreparedDispatch, layout: GPUBindGroupLayout, buffers: readonly GPUBuffer[]): GPUBindGroup {
    const place = this.#groups.at([layout]).at(buffers);
    return place.value ??= this.#device.createBindGroup({
      label, layout, entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer, size: this.#bound(buffer, uniformBytes) } })),
    });
  }

  /** A buffer may be larger than a binding may be; what is read of it never is. */
  #bound({ size, usage: uses }: GPUBuffer, uniformBytes: number): number {
    if (uses & usage.uniform) return uniformBytes;
    return Math.min(size, Math.floor(this.#device.limits.maxStorageBufferBindingSize / 4) * 4);
  }
}
