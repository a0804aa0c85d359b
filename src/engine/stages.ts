import { areInQuads } from './loaders.ts';
import { apply, composing, type Axis, type Composition } from './operation.ts';
import { bodyOf, makingOf } from './lineage.ts';
import type { Block, Extent } from './plan.ts';
import type { Tensor } from './tensor.ts';
import { widening } from './widening.ts';

/** Which part of a tensor a block of the result needs. */
export type Span = 'rows' | 'columns' | 'block' | 'head' | 'whole';

/** One tensor of the computation, after everything that it needs. */
export interface Stage {
  readonly tensor: Tensor;
  readonly span: Span;
  readonly inputs: readonly Stage[];
  /** Of an input that is columns of a stage: which. */
  readonly views: readonly (View | undefined)[];
  /** How many stages read it; what it holds can be freed after the last. */
  uses: number;
}

/** Columns of a tensor, read where they lie. */
export interface View {
  readonly tensor: Tensor;
  readonly from: number;
}

/** Rows that an argument along 'head' gives at most. */
export const headRows = 256;

/** Where stages are to run. */
export interface Target {
  /** Whether a composition is run as it is, not by what it is composed of. */
  readonly runs: (composition: Tensor) => boolean;
  readonly readsHalves: boolean;
  /** Whether it reads columns of rows where they lie. */
  readonly hasViews: boolean;
}

const device: Target = { runs: () => false, readsHalves: false, hasViews: true };

/** Replaces compositions by what they are composed of, until an operation with a kernel or a source is left. */
function lowered(tensor: Tensor, cache: Map<Tensor, Tensor>, target: Target): Tensor {
  const known = cache.get(tensor);
  if (known) return known;
  let current = tensor;
  while (current.origin.kind === 'result' && !target.runs(current)) {
    const { operation, inputs, parameters } = current.origin;
    const next = operation.compose && composing(() => operation.compose!(inputs, parameters));
    if (!next) break;
    current = next;
  }
  cache.set(tensor, current);
  return current;
}

const [widened, padded] = [new WeakMap<Tensor, Tensor>(), new WeakMap<Tensor, Tensor>()];

/** Halves are widened for a kernel that reads f32 alone, and rows padded for one that reads whole quads: its frame tells. */
function readable(tensor: Tensor, { kernel }: Composition<unknown>, index: number, target: Target): Tensor {
  if (target.readsHalves) return tensor;
  const frame = typeof kernel?.frame === 'function' ? undefined : kernel?.frame;
  const type = frame && Object.values(frame.statement.inputs)[index];
  const inQuads = type?.startsWith('vec4') ?? false;
  if ((tensor.storage === 'f32' || type === 'stored') && !(inQuads && !areWholeQuads(tensor))) return tensor;
  const [known, given] = inQuads ? [padded, { width: 4 * Math.ceil(tensor.width / 4) }] : [widened, {}];
  if (!known.has(tensor)) known.set(tensor, composing(() => apply(widening, [tensor], given)));
  return known.get(tensor)!;
}

/** Columns of rows may begin anywhere. */
function areWholeQuads(tensor: Tensor): boolean {
  const isView = tensor.origin.kind === 'result' && tensor.origin.operation.view !== undefined;
  return tensor.width % 4 === 0 && areInQuads(tensor.placing) && !isView;
}

export const axisOf = (tensor: Tensor, index: number): Axis => (tensor.origin.kind === 'result' ? tensor.origin.operation.arguments[index]!.axis : 'rows');

export function hasColumns(tensor: Tensor): boolean {
  return tensor.origin.kind === 'result' && tensor.origin.inputs.some((_, index) => axisOf(tensor, index) === 'columns' || axisOf(tensor, index) === 'block');
}

/** What a tensor is columns of, through views of views. */
function viewOf(tensor: Tensor, resolved: (tensor: Tensor) => Tensor, held: (tensor: Tensor) => boolean): { readonly of: Tensor; readonly from: number } | undefined {
  let [of, from, isView] = [tensor, 0, false];
  while (of.origin.kind === 'result' && of.origin.operation.view && !held(of)) {
    from += of.origin.operation.view(of.origin.parameters);
    of = resolved(of.origin.inputs[0]!);
    isView = true;
  }
  return isView ? { of, from } : undefined;
}

/** An input as its stage sees it. */
export function inputOf({ inputs, views }: Stage, index: number): Tensor {
  return views[index]?.tensor ?? inputs[index]!.tensor;
}

function inputSpan(parent: Span, axis: Exclude<Axis, 'fold' | 'batch'>): Span {
  if (axis === 'head') return 'head';
  if (axis === 'whole' || axis === 'picked') return 'whole';
  if (axis === 'block') return parent;
  if (parent === 'block') return axis;
  return axis === 'rows' ? parent : 'whole'; // the columns of a result that is wanted whole in that direction
}

/** A place on the way through a computation, with what it reads once that was asked for. */
interface Visit {
  readonly tensor: Tensor;
  readonly span: Span;
  readonly view?: View;
  inputs?: readonly Visit[];
}

/**
 * The stages of a computation in the order in which they can run. `held` says which tensors are there already; `cache`, what
 * compositions came to before.
 * Lineage may be thousands of steps deep, so the walk keeps its own stack.
 */
export function stagesOf(
  root: Tensor, held: (tensor: Tensor) => boolean, target: Target = device,
  cache: Map<Tensor, Tensor> = new Map<Tensor, Tensor>(),
): readonly Stage[] {
  const done = new Map<Tensor, Partial<Record<Span, Stage>>>();
  const order: Stage[] = [];
  const stageOf = ({ tensor, span }: Visit): Stage | undefined => done.get(tensor)?.[span];
  const start = held(root) ? root : lowered(root, cache, target);
  const startSpan: Span = hasColumns(start) ? 'block' : 'rows';
  /** How many columns, or rows of a batch, come block after block. What has another number of them is needed whole. */
  let streamed = startSpan === 'block' ? -1 : undefined;
  const spanOf = (tensor: Tensor, span: Span, index: number): Span => {
    const axis = axisOf(tensor, index);
    if (axis !== 'fold' && axis !== 'batch') return inputSpan(span, axis);
    if (span !== 'rows') return 'whole';
    const count = streamedBy(tensor);
    streamed ??= count;
    return count !== streamed ? 'whole' : axis === 'fold' ? 'block' : 'columns';
  };
  const inputsOf = ({ tensor, span }: Visit): Visit[] => {
    if (tensor.origin.kind === 'source' || held(tensor)) return [];
    const { inputs, operation } = tensor.origin;
    return inputs.map((input, index) => {
      const own = readable(held(input) ? input : lowered(input, cache, target), operation, index, target);
      const view = target.hasViews ? viewOf(own, (each) => (held(each) ? each : lowered(each, cache, target)), held) : undefined;
      return { tensor: view?.of ?? own, span: spanOf(tensor, span, index), ...(view && { view: { tensor: own, from: view.from } }) };
    });
  };
  const stack: Visit[] = [{ tensor: start, span: startSpan }];
  while (stack.length > 0) {
    const visit = stack.at(-1)!;
    const missing = stageOf(visit) ? [] : (visit.inputs ??= inputsOf(visit)).filter((input) => !stageOf(input));
    stack.push(...missing);
    if (missing.length > 0) continue;
    stack.pop();
    if (stageOf(visit)) continue;
    const { tensor, span, inputs = [] } = visit;
    const stage: Stage = {
      tensor, span, inputs: inputs.map((input) => stageOf(input)!), views: inputs.map(({ view }) => view), uses: 0,
    };
    for (const input of stage.inputs) input.uses++;
    done.set(tensor, { ...done.get(tensor), [span]: stage });
    order.push(stage);
  }
  return order;
}

/** The columns of a fold, or the rows of a batch. */
function streamedBy(tensor: Tensor): number {
  const { inputs } = makingOf(tensor);
  return Math.max(...inputs.map(({ rows, width }, index) => ({ fold: width, batch: rows } as Partial<Record<Axis, number>>)[axisOf(tensor, index)] ?? 0));
}

/** The stages of a step, of what is a loop; what a step is given is among them. */
export function roundOf(tensor: Tensor, cache?: Map<Tensor, Tensor>): readonly Stage[] {
  const body = bodyOf(tensor);
  return body ? stagesOf(body.next, (each) => body.given.includes(each), device, cache) : [];
}

/** Whether a stage merges blocks of columns, or of the rows of a batch, one after another. */
export function isFold({ tensor, inputs }: Stage): boolean {
  return inputs.some(({ span }, index) => span === ({ fold: 'block', batch: 'columns' } as Partial<Record<Axis, Span>>)[axisOf(tensor, index)]);
}

/** The stages that wait for the last block of columns, since they are made from a fold. */
export function stagesAfterFolds(stages: readonly Stage[]): ReadonlySet<Stage> {
  const after = new Set<Stage>();
  for (const stage of stages) if (stage.inputs.some((input) => isFold(input) || after.has(input))) after.add(stage);
  return after;
}

/** Cells of an all-pairs block that is only folded, or rows of a batch times those of the result: enough to keep a device busy. */
const foldedCells = 2 ** 20;

/** What a block of the result costs in the largest of the stages. Halves count as much as f32, which leaves room for the words at their ends. */
export function extentOf(stages: readonly Stage[]): Omit<Extent, 'memory' | 'work'> {
  const root = stages.at(-1)!;
  const widest = (span: Span): number => stages.reduce((width, stage) => (stage.span === span ? Math.max(width, stage.tensor.width, stage.tensor.placing.stride) : width), 0);
  const columns = stages.reduce((most, stage) => (isFold(stage) ? Math.max(most, streamedBy(stage.tensor)) : most), widest('block'));
  return {
    rows: root.tensor.rows, columns: columns || (root.span === 'block' ? 0 : 1),
    numbersPerRow: widest('rows'), numbersPerColumn: widest('columns'), numbersPerCell: widest('block') > 0 ? 1 : 0,
    ...(root.span !== 'block' && { cellsPerBlock: foldedCells }),
  };
}

export interface BlockRange {
  readonly from: number;
  readonly rows: number;
  /** Of an all-pairs result; otherwise the whole width. */
  readonly columnFrom: number;
  readonly width: number;
}

/** The part of a stage's tensor that belongs to a block of the result. */
export function rangeOf({ tensor, span }: Stage, { rows, columns }: Block): BlockRange {
  const whole = { columnFrom: 0, width: tensor.width };
  const part = ([from, to]: readonly [number, number]): BlockRange => (tensor.rows === 1 ? { from: 0, rows: 1, ...whole } : { from, rows: Math.min(to, tensor.rows) - from, ...whole }); // a batch may have no rows
  switch (span) {
    case 'rows': return part(rows);
    case 'columns': return part(columns);
    case 'block': return { from: rows[0], rows: rows[1] - rows[0], columnFrom: columns[0], width: columns[1] - columns[0] };
    case 'head': return { from: 0, rows: Math.min(tensor.rows, headRows), ...whole };
    case 'whole': return { from: 0, rows: tensor.rows, ...whole };
  }
}
