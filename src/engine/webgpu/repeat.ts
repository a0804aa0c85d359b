import { bodyOf } from '../lineage.ts';
import type { Block } from '../plan.ts';
import { rangeOf, roundOf, type BlockRange, type Stage } from '../stages.ts';
import { Checkpoints } from '../checkpoints.ts';
import { compute } from './compute.ts';
import type { Region } from './command.ts';
import type { Means } from './means.ts';
import { StageBuffers } from './stage-buffers.ts';

/** Goes round a loop on the device, for the rows of a block: the states stay there, two at a time. */
export async function repeatOnDevice(means: Means, stage: Stage, block: Block, name: string): Promise<Region> {
  const { context: { gpu: { pool } }, encoder, buffers, hooks: { signal } } = means;
  const { steps } = bodyOf(stage.tensor)!;
  const round = preparedRound(means, stage, block, name);
  let state = buffers.region(stage.inputs[0]!);
  let made: Region | undefined;
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const next = await round(state);
    if (made) pool.give(made.buffer);
    state = made = next;
  }
  const range = rangeOf(stage, block);
  const buffer = await buffers.own(stage, 4 * range.rows * range.width);
  const last = state;
  encoder.record((commands) => copyRows(commands, last, buffer, range));
  if (made) pool.give(made.buffer);
  return { buffer, start: 0, stride: stage.tensor.rows === 1 ? 0 : range.width };
}

/** One step, prepared: from where a state lies to where the next does. What a step makes beside it goes back to the pool. */
function preparedRound(means: Means, stage: Stage, block: Block, name: string): (state: Region) => Promise<Region> {
  const { given } = bodyOf(stage.tensor)!;
  const stages = roundOf(stage.tensor);
  const { context, buffers } = means;
  const own = new StageBuffers(context.memory, context.gpu.pool);
  const inner: Means = { ...means, buffers: own, hooks: { signal: means.hooks.signal, checkpoints: new Checkpoints() } };
  const placeOf = (each: Stage, state: Region): Region | undefined => {
    const index = given.indexOf(each.tensor);
    return index === 0 ? state : index > 0 ? buffers.region(stage.inputs[index]!) : undefined;
  };
  return async (state) => {
    const left = new Map(stages.map((each) => [each, each.uses]));
    try {
      for (const each of stages) {
        own.put(each, placeOf(each, state) ?? await compute(inner, each, block, name));
        for (const input of each.inputs) {
          left.set(input, left.get(input)! - 1);
          if (left.get(input) === 0) own.release(input);
        }
      }
      return own.keep(stages.at(-1)!)!;
    } finally {
      own.releaseAll();
    }
  };
}

function copyRows(commands: GPUCommandEncoder, { buffer, start, stride }: Region, to: GPUBuffer, { rows, width }: BlockRange): void {
  const together = stride === width ? rows : 1;
  for (let row = 0; row < rows; row += together) commands.copyBufferToBuffer(buffer, 4 * (start + row * stride), to, 4 * row * width, 4 * together * width);
}
