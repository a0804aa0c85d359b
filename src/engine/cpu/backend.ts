import { yieldWhenDue } from '../event-loop.ts';
import type { FastPath, FastPlan, FastRun } from '../fast-path.ts';
import type { Form } from '../forms.ts';
import { bodyOf, lineageOf, makingOf, passesOf } from '../lineage.ts';
import type { LoopBody } from '../operation-record.ts';
import { rateOf } from '../rate.ts';
import { checkSource } from '../reference-run.ts';
import type { SourceData } from '../reference.ts';
import { allocateResult } from '../allocate-result.ts';
import { headRows, type Stage } from '../stages.ts';
import { manyNumbersOf } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import type { RunHooks } from '../run-hooks.ts';
import { buildProgram, dispatchOf, fastStages, type BuiltProgram } from './build-program.ts';
import { Instance, MemoryShortage } from './instance.ts';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';
import type { Program, RowWork } from './program.ts';
import { runRows } from './rows.ts';
import { wasmModule } from './module.ts'; // last: its text is long, and parts what compresses together

/** What runs rows: the instance of the caller's thread, and workers. */
interface Hands {
  readonly instance: Instance;
  readonly pool: WorkerPool;
}

/** Ends the workers of engines that nobody disposed of. */
let collected: FinalizationRegistry<WorkerPool> | undefined;

/** Runs tensors by WebAssembly SIMD. */
export class CpuBackend implements FastPath {
  readonly #options: WorkerPoolOptions;
  #hands: Promise<Hands | undefined> | undefined;

  constructor(options: WorkerPoolOptions = {}) {
    this.#options = options;
  }

  plan(root: Tensor): FastPlan {
    return (root.origin.kind === 'source' ? undefined : fastStages(root)) ?? 'none';
  }

  /** Runs a tensor, or says that there is no WebAssembly here, or not enough of its memory. */
  async read(root: Tensor, stages: readonly Stage[], sourceData: SourceData, checked: WeakSet<Tensor>, hooks: RunHooks): Promise<FastRun | undefined> {
    const hands = await (this.#hands ??= this.#open());
    if (!hands) return undefined;
    try {
      return await new CpuRun(hands, root, stages, sourceData, checked, hooks).execute();
    } catch (error) {
      if (error instanceof MemoryShortage) return undefined; // the reference needs no more than a row at a time
      throw error;
    }
  }

  async rate(): Promise<number | undefined> {
    const hands = await (this.#hands ??= this.#open());
    if (!hands) return undefined;
    const [rows, width] = [64, 256];
    const [data, out, program] = [new Float32Array(rows * width), new Float32Array(), checkOf('values', width)];
    return rateOf(rows * width, () => void hands.instance.run(program, rows, [data], out), 5);
  }

  destroy(): void {
    void this.#hands?.then((hands) => hands?.pool.destroy()).catch(() => undefined);
    this.#hands = undefined;
  }

  async #open(): Promise<Hands | undefined> {
    const module = await wasmModule();
    const instance = module && await Instance.open(module).catch(() => undefined); // no memory for another, perhaps
    if (!module || !instance) return undefined;
    const pool = new WorkerPool(module, this.#options);
    (collected ??= new FinalizationRegistry((orphaned) => orphaned.destroy())).register(this, pool);
    return { instance, pool };
  }
}

/** One run of one tensor: what all rows need first, then the rows of the result. */
class CpuRun {
  readonly #hands: Hands;
  readonly #root: Tensor;
  readonly #stages: readonly Stage[];
  readonly #sourceData: SourceData;
  readonly #checked: WeakSet<Tensor>;
  readonly #hooks: RunHooks;
  readonly #data = new Map<Stage, Float32Array>();
  #blocks = 0;
  #threads = 1;

  constructor(hands: Hands, root: Tensor, stages: readonly Stage[], sourceData: SourceData, checked: WeakSet<Tensor>, hooks: RunHooks) {
    this.#hands = hands;
    this.#root = root;
    this.#stages = stages;
    this.#sourceData = sourceData;
    this.#checked = checked;
    this.#hooks = hooks;
  }

  async execute(): Promise<FastRun> {
    for (const stage of this.#stages) if (stage.tensor.origin.kind === 'source') this.#data.set(stage, await this.#numbersOf(stage));
    const data = await this.#make(this.#stages, this.#hooks.onProgress);
    return { data, blocks: this.#blocks, adapter: `WebAssembly SIMD${this.#threadsInWords()}` };
  }

  /** The last of some stages. Those after the last loop whose rows go with it are made together, others one by one. */
  async #make(stages: readonly Stage[], onProgress?: RunHooks['onProgress']): Promise<Float32Array<ArrayBuffer>> {
    const { rows } = stages.at(-1)!.tensor;
    const results = stages.filter((stage) => !this.#data.has(stage));
    const joined = results.slice(results.findLastIndex(({ tensor }) => isLoop(tensor)) + 1).filter((stage) => this.#goesWith(stage, rows));
    const alone = results.filter((stage) => !joined.includes(stage));
    const total = alone.reduce((sum, { tensor }) => sum + passesOf(tensor), joined.length > 0 ? rows : 0);
    let [data, made] = [new Float32Array(), 0];
    const progress = (done: number): void => onProgress?.(made + done, total);
    for (const stage of alone) {
      this.#data.set(stage, data = await this.#alone(stage, progress));
      progress(passesOf(stage.tensor));
      made += passesOf(stage.tensor);
    }
    return joined.length > 0 ? this.#run(joined, rows, { onProgress: progress }) : data;
  }

  #alone(stage: Stage, onSteps: (steps: number) => void): Promise<Float32Array<ArrayBuffer>> {
    const body = bodyOf(stage.tensor);
    if (body) return this.#repeat(stage, body, onSteps);
    return isLoop(stage.tensor) ? this.#loop(stage, onSteps) : this.#run([stage], rowsOf(stage));
  }

  /** Makes the steps of a loop that is one operation, so many at a time that a row does not keep a thread for long. */
  async #loop({ tensor, inputs }: Stage, onSteps: (steps: number) => void): Promise<Float32Array<ArrayBuffer>> {
    const { operation, parameters } = makingOf(tensor);
    const { rows, width } = tensor;
    const { steps, turns, active } = operation.kernel!.loop!(dispatchOf(tensor))!;
    const atOnce = Math.max(1, Math.floor(turnsAtOnce / (turns + turnsOfStep)));
    const symbol = new Tensor(tensor.host, [rows, width], 'values', { kind: 'source', data: new Float32Array(), trusted: true });
    const given = [...inputs.map((input) => input.tensor), symbol];
    let [state, next] = [new Float32Array(rows * width), new Float32Array(rows * width)];
    let first = 0;
    do { // also of no steps: it lays out the state
      const round = operation.round!(given.slice(0, -1), parameters, symbol, { first, steps: Math.min(atOnce, steps - first) });
      const stages = fastStages(round, given)!;
      for (const stage of stages) {
        const index = given.indexOf(stage.tensor);
        if (index >= 0) this.#data.set(stage, stage.tensor === symbol ? state : this.#data.get(inputs[index]!)!);
      }
      [next, state] = [state, await this.#run(stages.slice(-1), rows, { out: next })];
      for (const stage of stages) this.#data.delete(stage);
      onSteps(first = Math.min(first + atOnce, steps));
    } while (first < steps && (active === undefined || someAre(state, active, width)));
    return state;
  }

  /** Goes round a loop. What a step makes is forgotten but for the next state. */
  async #repeat(
    { tensor, inputs }: Stage, { given, next, steps }: LoopBody<Tensor>, onSteps: (steps: number) => void,
  ): Promise<Float32Array<ArrayBuffer>> {
    const stages = fastStages(next, given)!;
    const start = this.#data.get(inputs[0]!)!;
    let state = new Float32Array(tensor.rows * tensor.width);
    for (let from = 0; from < state.length; from += start.length) state.set(start, from);
    for (let step = 0; step < steps; step++) {
      for (const stage of stages) {
        const index = given.indexOf(stage.tensor);
        if (index < 0) this.#data.delete(stage);
        else this.#data.set(stage, index === 0 ? state : this.#data.get(inputs[index]!)!);
      }
      state = await this.#make(stages);
      onSteps(step + 1);
    }
    return state;
  }

  #threadsInWords(): string {
    if (this.#threads > 1) return `, ${this.#threads} threads`;
    const { problem } = this.#hands.pool;
    return problem === undefined ? '' : `, one thread, since workers fail: ${problem}`;
  }

  /** Whether the rows of a stage go with the rows of the result. */
  #goesWith({ span, tensor }: Stage, rows: number): boolean {
    return (span === 'rows' || span === 'block') && tensor.rows === rows;
  }

  #numbersOf(stage: Stage): Promise<Float32Array> {
    const { signal } = this.#hooks;
    return manyNumbersOf(this.#sourceData(stage.tensor), rowsOf(stage) * stage.tensor.width, () => {
      signal?.throwIfAborted();
      return yieldWhenDue();
    });
  }

  async #run(
    stages: readonly Stage[], rows: number,
    { out, onProgress }: { readonly out?: Float32Array<ArrayBuffer>; readonly onProgress?: RunHooks['onProgress'] } = {},
  ): Promise<Float32Array<ArrayBuffer>> {
    const inputs = new Set(stages.flatMap((stage) => stage.inputs));
    const alongRows = (of: Stage, input: number): boolean => isAlong(of, input) && rowsOf(of.inputs[input]!) === rows;
    const neededWhole = (stage: Stage): boolean => stages.some((of) => of.inputs.some((input, index) => input === stage && !alongRows(of, index)));
    for (const stage of inputs) if (this.#isUnchecked(stage.tensor) && neededWhole(stage)) await this.#check(stage);
    const { program, inputs: rowInputs } = buildProgram(stages, (stage) => ({ data: this.#data.get(stage)!, check: this.#isUnchecked(stage.tensor) }), alongRows);
    const { width, shape } = stages.at(-1)!.tensor;
    const result = out ?? allocateResult({ rows, width, shape });
    await this.#runRows({ program, inputs: rowInputs }, rows, result, onProgress);
    return result;
  }

  /** Checks the rows of a source that is needed whole. */
  async #check(stage: Stage): Promise<void> {
    const { width, form } = stage.tensor;
    await this.#runRows({ program: checkOf(form, width), inputs: [stage] }, rowsOf(stage), new Float32Array());
  }

  async #runRows({ program, inputs }: BuiltProgram, rows: number, out: Float32Array, onProgress?: RunHooks['onProgress']): Promise<void> {
    const work: RowWork = { program, rows, out, inputs: inputs.map((stage) => this.#data.get(stage)!) };
    const { bad, blocks, threads } = await runRows(this.#hands.instance, work, { ...this.#hooks, onProgress }, this.#hands.pool);
    this.#blocks += blocks;
    this.#threads = Math.max(this.#threads, threads);
    if (bad) {
      await this.#judge();
      const believed = program.inputs.map(({ width }) => ({ width }));
      return this.#runRows({ program: { ...program, inputs: believed }, inputs }, rows, out, onProgress);
    }
    for (const [index, stage] of inputs.entries()) if (program.inputs[index]!.check && stage.tensor.rows === rowsOf(stage)) this.#checked.add(stage.tensor);
  }

  /** The rules in f64 have the last word, and the words to say it: of all sources, so that the one at fault is the one that the reference names. */
  async #judge(): Promise<void> {
    for (const tensor of lineageOf(this.#root)) {
      if (this.#isUnchecked(tensor)) await checkSource(tensor, this.#sourceData(tensor), this.#root, this.#checked, this.#hooks);
    }
  }

  #isUnchecked(tensor: Tensor): boolean {
    return tensor.origin.kind === 'source' && !tensor.origin.trusted && !this.#checked.has(tensor);
  }
}

/** Turns of loops that keep a thread for less than a millisecond, and what a step costs beside its own. */
const [turnsAtOnce, turnsOfStep] = [2 ** 16, 64];

function isLoop(tensor: Tensor): boolean {
  return bodyOf(tensor) !== undefined || (tensor.origin.kind === 'result' && 'round' in tensor.origin.operation);
}

/** Whether a column has a number above 0. */
function someAre(numbers: Float32Array, column: number, width: number): boolean {
  for (let at = column; at < numbers.length; at += width) if (numbers[at]! > 0) return true;
  return false;
}

/** Does nothing but check the rows of its input. */
function checkOf(form: Form, width: number): Program {
  return { id: -1, inputs: [{ width, check: form }], constants: [], slots: [], steps: [], rowsAtOnce: 1 };
}

function rowsOf({ span, tensor }: Stage): number {
  return span === 'head' ? Math.min(tensor.rows, headRows) : tensor.rows;
}

/** Whether the rows of an argument go with those of the result. */
function isAlong({ tensor }: Stage, argument: number): boolean {
  const axis = tensor.origin.kind === 'result' ? tensor.origin.operation.arguments[argument]!.axis : 'rows';
  return axis === 'rows' || axis === 'block' || axis === 'fold'; // columns are not cut here
}
