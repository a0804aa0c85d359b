import type { Form } from '../forms.ts';
import { numbersPerRow, wholeGroups, type BadRow, type StepInput, type Program, type Step } from './program.ts';

type Function = (...args: number[]) => number;

/** Bytes of one pass: inputs and results of its rows stay in the cache of a core. */
const bytesPerPass = 2 ** 19;
const page = 2 ** 16;
/** WebAssembly addresses no more. */
const largestMemory = 2 ** 32 - page;

const formNumber: Readonly<Record<Form, number>> = { probabilities: 0, logProbabilities: 1, logits: 2, weights: 3, values: 4 };

const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** The rows at hand, or what all rows need, do not fit. */
export class MemoryShortage extends Error {}

/** The WebAssembly module with a memory of its own, on one thread. Runs blocks of rows pass by pass. */
export class Instance {
  readonly #memory: WebAssembly.Memory;
  readonly #functions: Readonly<Record<string, Function>>;
  readonly #start: number;
  #program: Program | undefined;
  #constants: readonly number[] = [];
  #free = 0;

  private constructor(memory: WebAssembly.Memory, exports: WebAssembly.Exports) {
    this.#memory = memory;
    this.#functions = exports as Readonly<Record<string, Function>>;
    this.#start = this.#functions['memoryStart']!();
  }

  static async open(module: WebAssembly.Module): Promise<Instance> {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const abort = (): never => { throw new Error('the WebAssembly module failed'); };
    const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort } });
    return new Instance(memory, exports);
  }

  /** Runs a block: as many rows of every input as `rows` says, into `out`. Stops at the first row that breaks the rules of its form, in the first input whose row does. A program without steps only checks. */
  run(program: Program, rows: number, inputs: readonly Float32Array[], out: Float32Array): BadRow | undefined {
    this.#load(program);
    const perPass = Math.min(rows, wholeGroups(Math.floor(bytesPerPass / (4 * numbersPerRow(program))), program.rowsAtOnce));
    const layout = this.#place(program, perPass);
    for (let from = 0; from < rows; from += perPass) {
      const count = Math.min(perPass, rows - from);
      const bad = this.#pass(program, layout, from, count, inputs, out);
      if (bad) return { ...bad, row: from + bad.row };
    }
    return undefined;
  }

  /** Where inputs, results and the steps' own memory lie for so many rows. */
  #place({ inputs, slots, steps }: Program, rows: number): MemoryLayout {
    let at = this.#free;
    const place = (bytes: number): number => {
      const start = at;
      at += aligned(bytes);
      return start;
    };
    const layout = {
      inputs: inputs.map(({ width }) => place(4 * rows * width)), slots: slots.map((width) => place(4 * rows * width)),
      scratch: place(steps.reduce((most, { scratch }) => Math.max(most, scratch), 0)),
    };
    this.#reserve(at);
    return layout;
  }

  #pass(program: Program, layout: MemoryLayout, from: number, rows: number, inputs: readonly Float32Array[], out: Float32Array): BadRow | undefined {
    const memory = new Float32Array(this.#memory.buffer);
    let bad: BadRow | undefined;
    for (const [input, { width, check }] of program.inputs.entries()) {
      const at = layout.inputs[input]!;
      memory.set(inputs[input]!.subarray(from * width, (from + rows) * width), at / 4);
      if (check === undefined) continue;
      const row = this.#functions['firstBadRow']!(formNumber[check], bad?.row ?? rows, width, at);
      if (row >= 0) bad = { input, row };
    }
    if (bad) return bad;
    for (const step of program.steps) this.#call(step, layout, rows);
    const last = program.steps.at(-1);
    if (!last) return undefined;
    const { width, slot } = last;
    const made = layout.slots[slot]! / 4;
    out.set(memory.subarray(made, made + rows * width), from * width);
    return undefined;
  }

  #call({ name, width, slot, inputs, tables, numbers, argumentsInScratch }: Step, { inputs: given, slots, scratch }: MemoryLayout, rows: number): void {
    const at = ({ from, index: of }: StepInput): number => ({ constants: this.#constants, inputs: given, slots })[from][of]!;
    const places = inputs.flatMap((input) => [at(input), input.rows ?? rows, input.width]);
    const tablePlaces = tables.map((table) => this.#constants[table]!);
    const rest = argumentsInScratch ? [] : [...places, ...tablePlaces, ...numbers];
    if (argumentsInScratch) new Float64Array(this.#memory.buffer, scratch).set([...tablePlaces, ...places, ...numbers]);
    this.#functions[name]!(rows, width, slots[slot]!, scratch, ...rest);
  }

  #load(program: Program): void {
    if (this.#program?.id === program.id) return;
    let at = this.#start;
    const places = program.constants.map(({ byteLength }) => {
      const start = at;
      at += aligned(byteLength);
      return start;
    });
    this.#reserve(at);
    program.constants.forEach((data, index) => {
      new Uint8Array(this.#memory.buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), places[index]);
    });
    [this.#program, this.#constants, this.#free] = [program, places, at];
  }

  #reserve(bytes: number): void {
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / page);
    if (missing <= 0) return;
    if (bytes > largestMemory) throw new MemoryShortage(`the work needs ${bytes} bytes of WebAssembly memory at once`);
    try {
      this.#memory.grow(missing);
    } catch (error) {
      throw new MemoryShortage(`there are no ${bytes} bytes of WebAssembly memory`, { cause: error });
    }
  }
}

interface MemoryLayout {
  readonly inputs: readonly number[];
  readonly slots: readonly number[];
  readonly scratch: number;
}
