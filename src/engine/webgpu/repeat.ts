import { bodyOf } from '../lineage.ts';
import type { Block } from '../plan.ts';
import { rangeOf, roundOf, type BlockRange, type Stage } from '../stages.ts';
import type { Loop } from '../checkpoints.ts';
import { compute } from './compute.ts';
import type { Region } from './command.ts';
import type { Means } from './means.ts';
import { note, resume } from './resume.ts';
import { StageBuffers } from './stage-buffers.ts';

/** Goes round a loop on the device, for the rows of a block: the states stay there, two at a time. */
async function repeatOnDevice(means: Means, stage: Stage, block: Block): Promise<Region> {
  const { context: { gpu: { pool }, memory }, encoder, buffers, hooks: { signal, around } } = means;
  const { tensor, inputs } = stage;
  const { steps } = bodyOf(tensor)!;
  const range = rangeOf(stage, block);
  const [numbers, stride] = [range.rows * range.width, tensor.rows === 1 ? 0 : range.width];
  const loop: Loop = { tensor, from: range.from, around };
  const round = preparedRound(means, stage, block);
  let made: Region | undefined;
  const replace = (next: Region): void => {
    if (made) pool.give(made.buffer);
    made = next;
  };
  try {
    const done = await resume(means, loop, async () => (made = { buffer: await memory.take('storage', 4 * numbers), start: 0, stride }).buffer);
    for (let step = done; step < steps; step++) {
      signal?.throwIfAborted();
      replace(await round(made ?? buffers.region(inputs[0]!), step));
      await note(means, loop, step + 1, { buffer: made!.buffer, numbers });
    }
    const buffer = await buffers.own(stage, 4 * numbers);
    const last = made ?? buffers.region(inputs[0]!);
    encoder.record((commands) => copyRows(commands, last, buffer, range));
    return { buffer, start: 0, stride };
  } finally {
    if (made) pool.give(made.buffer);
  }
}

/** Makes a block of a stage from those of its inputs. */
export function make(means: Means, stage: Stage, block: Block): Promise<Region> {
  return bodyOf(stage.tensor) ? repeatOnDevice(means, stage, block) : compute(means, stage, block);
}

/** One step, prepared: from where a state lies to where the next does. What a step makes beside it goes back to the pool. */
function preparedRound(means: Means, stage: Stage, block: Block): (state: Region, step: number) => Promise<Region> {
  const { given } = bodyOf(stage.tensor)!;
  const { context, buffers, hooks: { signal, checkpoints, around } } = means;
  const stages = roundOf(stage.tensor, checkpoints.lowered);
  const own = new StageBuffers(context.memory, context.gpu.pool);
  const placeOf = (each: Stage, state: Region): Region | undefined => {
    const index = given.indexOf(each.tensor);
    return index === 0 ? state : index > 0 ? buffers.region(stage.inputs[index]!) : undefined;
  };
  return async (state, step) => {
    const inner: Means = { ...means, buffers: own, hooks: { signal, checkpoints, around: `${around} ${step}` } };
    const left = new Map(stages.map((each) => [each, each.uses]));
    try {
      for (const each of stages) {
        own.put(each, placeOf(each, state) ?? await make(inner, each, block));
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
