/** Pure: what a block of a result needs of the device's memory and of its time, from the stages it goes through. */
import { itemsOf, type Kernel } from './kernel.ts';
import type { Amount } from './plan.ts';
import { headRows, inputOf, isFold, roundOf, stagesAfterFolds, type Stage } from './stages.ts';
import type { Tensor } from './tensor.ts';

const nothing: Amount = { fixed: 0, row: 0, column: 0, cell: 0 };

/** How often a stage is made: once, for each band of rows or of columns, for each block, or when a band of rows ends. */
type Cadence = 'once' | 'rows' | 'columns' | 'block' | 'end';

/** The stages that are needed no more once those that read them were made, for these are made as often as they. */
export function passingStages(stages: readonly Stage[]): ReadonlySet<Stage> {
  const passing = new Set(stages.slice(0, -1));
  const after = stagesAfterFolds(stages);
  const cadenceOf = (stage: Stage): Cadence => {
    if (after.has(stage)) return 'end';
    if (stage.span === 'block' || isFold(stage)) return 'block';
    return stage.span === 'head' || stage.span === 'whole' ? 'once' : stage.span;
  };
  for (const stage of stages) {
    const cadence = cadenceOf(stage);
    for (const input of stage.inputs) if (cadenceOf(input) !== cadence) passing.delete(input);
  }
  return passing;
}

/** Where the tensors of a computation are. */
export interface Placement {
  /** Whether a tensor is on the device as a whole, which is counted elsewhere. */
  readonly isThere: (tensor: Tensor) => boolean;
  /** Whether the blocks are read by the host, one while the next is made. */
  readonly isRead: boolean;
  /** Bytes that a buffer has beside what it is to hold. */
  readonly perBuffer: number;
}

/**
 * The bytes that a block holds at a time, and of a block that is read also those of the block before: at each of the times
 * at which they may be the most.
 */
export function memoryOf(stages: readonly Stage[], { isThere, isRead, perBuffer }: Placement): readonly Amount[] {
  const passing = passingStages(stages);
  const left = new Map(stages.map((stage) => [stage, stage.uses]));
  const held = (stage: Stage): Amount => (isThere(stage.tensor) ? nothing : bytesOf(stage, perBuffer));
  const staging = isRead ? bytesOf(stages.at(-1)!, perBuffer) : nothing;
  let live = staging;
  let peaks: readonly Amount[] = [];
  const note = (): void => {
    if (!peaks.some((peak) => covers(peak, live))) peaks = [...peaks.filter((peak) => !covers(live, peak)), live];
  };
  for (const stage of stages) {
    live = plus(live, held(stage));
    note();
    for (const input of stage.inputs) {
      left.set(input, left.get(input)! - 1);
      if (left.get(input) === 0 && passing.has(input)) live = plus(live, held(input), -1);
    }
  }
  live = plus(live, staging);
  note();
  return peaks;
}

function bytesOf(stage: Stage, perBuffer: number): Amount {
  const { tensor: { rows, width, origin }, span } = stage;
  const accumulates = origin.kind === 'result' && origin.operation.kernel?.accumulates;
  const buffers = isFold(stage) && !accumulates ? 2 : 1; // what the block before left is read while this one is written
  const bytes = 4 * buffers * width + bytesOfRound(stage);
  const fixed = perBuffer * buffers;
  if (span === 'block') return { ...nothing, fixed, cell: 4 * buffers };
  if (span === 'whole' || span === 'head') return { ...nothing, fixed: fixed + bytes * Math.min(rows, span === 'head' ? headRows : Infinity) };
  if (rows === 1) return { ...nothing, fixed: fixed + bytes };
  return span === 'rows' ? { ...nothing, fixed, row: bytes } : { ...nothing, fixed, column: bytes };
}

/** What a row takes while a loop goes round: two states, and at most all that a step makes. */
function bytesOfRound({ tensor }: Stage): number {
  return roundOf(tensor).reduce((sum, stage) => sum + 4 * stage.tensor.width + bytesOfRound(stage), 0);
}

/** The turns that lanes go round their loops in the dearest dispatch, about. A fold has no more cells than its own bound. */
export function turnsOf(stages: readonly Stage[]): Amount {
  return stages.reduce((most, stage) => [turnsOfStage(stage), turnsOf(roundOf(stage.tensor))].reduce(largest, most), nothing);
}

function turnsOfStage(stage: Stage): Amount {
  const { tensor: { origin, width }, span, inputs } = stage;
  const kernel = origin.kind === 'result' ? origin.operation.kernel : undefined;
  if (!kernel || origin.kind !== 'result' || inputs.length === 0 || isFold(stage)) return nothing;
  const depth = inputOf(stage, 0).width;
  if (span === 'block') return { ...nothing, cell: depth };
  const work = kernel.over === 'elements' && !kernel.iterations ? width : kernel.over === 'tiles' ? width * depth : turnsOfRow(kernel, stage, origin.parameters, depth);
  return span === 'rows' ? { ...nothing, row: work } : span === 'columns' ? { ...nothing, column: work } : nothing;
}

function turnsOfRow(kernel: Kernel<unknown>, stage: Stage, parameters: unknown, depth: number): number {
  const ranges = stage.inputs.map((_, index) => {
    const { form, storage, rows, width } = inputOf(stage, index);
    return { form, storage, width, rows: Math.min(1, rows) };
  });
  const dispatch = { parameters, rows: 1, width: stage.tensor.width, inputs: ranges };
  return itemsOf(kernel, dispatch, 'lane') * (kernel.iterations?.(dispatch) ?? depth);
}

function plus(a: Amount, b: Amount, sign = 1): Amount {
  return { fixed: a.fixed + sign * b.fixed, row: a.row + sign * b.row, column: a.column + sign * b.column, cell: a.cell + sign * b.cell };
}

function largest(a: Amount, b: Amount): Amount {
  return { fixed: Math.max(a.fixed, b.fixed), row: Math.max(a.row, b.row), column: Math.max(a.column, b.column), cell: Math.max(a.cell, b.cell) };
}

function covers(a: Amount, b: Amount): boolean {
  return a.fixed >= b.fixed && a.row >= b.row && a.column >= b.column && a.cell >= b.cell;
}
