import type { CpuCall, Dispatch, InputRange, Table } from '../kernel.ts';
import { bodyOf, makingOf } from '../lineage.ts';
import { stagesOf, type Stage, type Target } from '../stages.ts';
import type { Tensor } from '../tensor.ts';
import type { StepInput, Program, RowInput, Step } from './program.ts';

/** How the CPU computes a tensor fast, if it can. */
export function callOf(tensor: Tensor): CpuCall | undefined {
  return tensor.origin.kind === 'result' ? tensor.origin.operation.cpu?.(dispatchOf(tensor)) : undefined;
}

/** A result as a whole. */
export function dispatchOf(tensor: Tensor): Dispatch<unknown> {
  const { inputs, parameters } = makingOf(tensor);
  const ranges = inputs.map(({ form, rows, width }): InputRange => ({ form, rows, width }));
  return { parameters, rows: tensor.rows, width: tensor.width, inputs: ranges };
}

const target: Target = { runs: (tensor) => callOf(tensor) !== undefined, readsHalves: true, hasViews: false };

/** The stages of a computation, if the CPU has a fast way for all of them; none for what is `given`. */
export function fastStages(root: Tensor, given: readonly Tensor[] = []): readonly Stage[] | undefined {
  const stages = stagesOf(root, (tensor) => given.includes(tensor), target);
  return stages.every(({ tensor }) => given.includes(tensor) || isFast(tensor)) ? stages : undefined;
}

function isFast(tensor: Tensor): boolean {
  if (tensor.origin.kind === 'source' || 'round' in tensor.origin.operation) return true;
  const body = bodyOf(tensor);
  return (body ? fastStages(body.next, body.given) : callOf(tensor)) !== undefined;
}

/** What a program reads: a source or an earlier result, whole or row by row. */
export interface Given {
  readonly stage: Stage;
  readonly check: boolean;
}

export interface BuiltProgram {
  readonly program: Program;
  /** The stages whose rows are the program's inputs. */
  readonly inputs: readonly Stage[];
}

let programs = 0;

/**
 * Joins stages whose rows go with the rows of the last one. Others are `given`: their data is there, and they are inputs if
 * their rows go along, and constants otherwise.
 */
export function buildProgram(stages: readonly Stage[], given: (stage: Stage) => { readonly data: Float32Array; readonly check: boolean }, goesAlong: (stage: Stage, input: number) => boolean): BuiltProgram {
  const joined = new Set(stages);
  const inputs: Stage[] = [];
  const rowInputs: RowInput[] = [];
  const constants: (Float32Array | Uint32Array)[] = [];
  const constantPlaces = new Map<Stage | string, number>();
  const inputPlaces = new Map<Stage, number>();
  const slots = new Slots(stages);
  const inputOf = (of: Stage, input: number): StepInput => {
    const stage = of.inputs[input]!;
    const { width, rows, form } = stage.tensor;
    if (joined.has(stage)) return { from: 'slots', index: slots.of(stage), width };
    const { data, check } = given(stage);
    if (!goesAlong(of, input)) return { from: 'constants', index: placeIn(constantPlaces, stage, () => constants.push(data) - 1), width, rows: data.length / Math.max(1, width) || rows };
    const index = placeIn(inputPlaces, stage, () => {
      rowInputs.push({ width, ...(check && { check: form }) });
      return inputs.push(stage) - 1;
    });
    return { from: 'inputs', index, width };
  };
  const tableOf = (table: Table): number => placeIn(constantPlaces, table.key, () => constants.push(madeOnce(table)) - 1);
  const steps = stages.map((stage): Step => {
    const { name, order, tables = [], numbers = [], scratch = 0, argumentsInScratch = false, inPlaceOf } = callOf(stage.tensor)!;
    const stepInputs = (order ?? stage.inputs.map((_, index) => index)).map((index) => inputOf(stage, index));
    const slot = slots.take(stage, inPlaceOf === undefined ? undefined : stage.inputs[inPlaceOf]);
    slots.read(stage);
    return { name, width: stage.tensor.width, slot, inputs: stepInputs, tables: tables.map(tableOf), numbers, scratch, argumentsInScratch };
  });
  const rowsAtOnce = Math.max(...stages.map(({ tensor }) => callOf(tensor)!.rowsAtOnce ?? 1));
  return { inputs, program: { id: programs++, inputs: rowInputs, constants, slots: slots.widths, steps, rowsAtOnce } };
}

function placeIn<Key>(places: Map<Key, number>, key: Key, add: () => number): number {
  if (!places.has(key)) places.set(key, add());
  return places.get(key)!;
}

/** Tables that were made last: of short runs they are most of the work. */
const tables = new Map<string, Float32Array | Uint32Array>();
const mostTables = 32;

function madeOnce({ key, make }: Table): Float32Array | Uint32Array {
  const made = tables.get(key) ?? make();
  tables.delete(key); // to come last again
  tables.set(key, made);
  if (tables.size > mostTables) tables.delete(tables.keys().next().value!);
  return made;
}

/** Gives results their places; after its last reader a result makes room. */
class Slots {
  readonly widths: number[] = [];
  readonly #slots = new Map<Stage, number>();
  readonly #uses = new Map<Stage, number>();
  readonly #free: number[] = [];

  constructor(stages: readonly Stage[]) {
    for (const { inputs } of stages) for (const input of inputs) this.#uses.set(input, (this.#uses.get(input) ?? 0) + 1);
  }

  of(stage: Stage): number {
    return this.#slots.get(stage)!;
  }

  /** A place of its own, or that of an input that nothing else reads. */
  take(stage: Stage, input?: Stage): number {
    const { width } = stage.tensor;
    if (input && this.#slots.has(input) && this.#uses.get(input) === 1) {
      const place = this.of(input);
      this.#slots.delete(input);
      this.#slots.set(stage, place);
      return place;
    }
    const found = this.#free.findIndex((slot) => this.widths[slot] === width);
    const slot = found >= 0 ? this.#free.splice(found, 1)[0]! : this.widths.push(width) - 1;
    this.#slots.set(stage, slot);
    return slot;
  }

  /** Takes note that a stage has read its inputs. */
  read({ inputs }: Stage): void {
    for (const input of inputs) {
      const uses = this.#uses.get(input)! - 1;
      this.#uses.set(input, uses);
      if (uses === 0 && this.#slots.has(input)) this.#free.push(this.#slots.get(input)!);
    }
  }
}
