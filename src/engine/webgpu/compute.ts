import type { Dispatch, Kernel, Regime } from '../kernel.ts';
import { areInQuads } from '../loaders.ts';
import type { Block } from '../plan.ts';
import { chooseRegime, chooseTileRegime } from '../regimes.ts';
import { inputOf, isFold, rangeOf, type Stage } from '../stages.ts';
import type { Command, Region } from './command.ts';
import type { DeviceContext } from './device-context.ts';
import { loopOnDevice } from './loop.ts';
import type { Means } from './means.ts';

/** Records the kernel that makes a block of a stage from those of its inputs. */
export async function compute(means: Means, stage: Stage, block: Block): Promise<Region> {
  const { context, encoder, buffers } = means;
  const { tensor } = stage;
  if (tensor.origin.kind !== 'result' || !tensor.origin.operation.kernel) throw new TypeError(`No kernel makes ${tensor.form}`);
  const { operation, parameters } = tensor.origin;
  const kernel = tensor.origin.operation.kernel;
  const range = rangeOf(stage, block);
  const before = buffers.owned(stage);
  const bytes = 4 * (range.rows * range.width + (kernel.loop ? 1 : 0)); // a loop says in one more word whether rows go on
  const output = kernel.accumulates && before && isFold(stage) ? before : await buffers.own(stage, bytes);
  if (kernel.accumulates && output !== before) encoder.record((commands) => commands.clearBuffer(output, 0, bytes));
  const inputs = stage.inputs.map((input, index) => {
    const { rows, width } = rangeOf(input, block);
    const { form, storage } = inputOf(stage, index);
    const view = stage.views[index];
    return view
      ? { form, storage, rows, width: view.tensor.width, inQuads: areInQuads(input.tensor.placing) && view.from % 4 === 0 }
      : { form, storage, rows, width, inQuads: areInQuads(input.tensor.placing) };
  });
  const regionOf = (index: number): Region => {
    const region = buffers.region(stage.inputs[index]!);
    return { ...region, start: region.start + (stage.views[index]?.from ?? 0) };
  };
  const result: Region = { buffer: output, start: 0, stride: tensor.rows === 1 ? 0 : range.width };
  const dispatch: Dispatch<unknown> = { parameters, rows: range.rows, width: range.width, inputs };
  const isNothing = kernel.accumulates && inputs.some(({ rows }) => rows === 0); // of a batch without rows
  if (range.rows > 0 && !isNothing) {
    const regions = [...kernel.order?.(dispatch) ?? inputs.keys()].map(regionOf);
    const isMerge = isFold(stage) && !kernel.accumulates;
    const command: Command = {
      label: operation.name, kernel, output, dispatch, columnFrom: isFold(stage) ? block.columns[0] : 0, rowFrom: range.from,
      regime: regimeOf(context, stage, kernel, dispatch),
      inputs: isMerge ? [...regions, before ? { ...result, buffer: before } : regions[0]!] : regions,
    };
    const loop = kernel.loop?.(dispatch);
    await (loop ? loopOnDevice(means, command, loop, tensor) : encoder.dispatch(command));
  }
  if (before && before !== output) context.gpu.pool.give(before);
  return result;
}

function regimeOf({ softwareAdapter, forcedRegime }: DeviceContext, stage: Stage, kernel: Kernel<unknown>, dispatch: Dispatch<unknown>): Regime {
  if (kernel.over === 'tiles') return chooseTileRegime(softwareAdapter, forcedRegime);
  return chooseRegime(kernel, kernel.iterations?.(dispatch) ?? inputOf(stage, 0).width, softwareAdapter, forcedRegime);
}
