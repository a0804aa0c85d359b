import type { Expressions } from './expressions.ts';
import { keepingOf } from './keep.ts';
import { isState, type Program, type Schedule } from './program.ts';
import { assigned, loaded } from './wgsl-text.ts';

/**
 * Numbers that an invocation keeps. WGSL promises it memory for 2,048, but compilers make ladders of selections of an index
 * and stores of zeros at the start: LLVM compiles a loop of 256 numbers for lavapipe in 1 s, of 1,024 in 12, of 2,048 in 80.
 */
export const mostKept = 256;

/**
 * Values of entries that a lane has in memory of its own, where they fit, so that a row is read once and what is dear
 * is computed once: what a later sweep of the same row needs, and in loops what steps begin with.
 */
export class Kept {
  readonly #program: Program;
  readonly #expressions: Expressions;
  readonly #values: readonly number[];
  readonly #entries: number;

  /** A lane has at most so many `entries`; of none, nothing is kept. */
  constructor(program: Program, schedule: Schedule, expressions: Expressions, entries: number) {
    this.#program = program;
    this.#expressions = expressions;
    this.#entries = entries;
    const { instructions, inputs, isStep } = program;
    const stays = (value: number): boolean => {
      const { node, per } = instructions[value]!;
      const input = node.kind === 'argument' ? inputs.find(({ name }) => name === node.name) : undefined;
      const sweeps = schedule.sweeps.filter(({ entryValues }) => entryValues.includes(value)).length;
      return input !== undefined && per === 'entry' && !input.isOverSteps && (isStep || sweeps > 1);
    };
    const dear = [...keepingOf(program, schedule).kept].filter((value) => expressions.nameOf(value) !== undefined);
    let room = entries > 0 ? Math.floor(mostKept / entries) : 0;
    this.#values = [...dear, ...[...instructions.keys()].filter(stays)].filter((value) => {
      const { type } = instructions[value]!;
      const arrays = type === 'double' ? 2 : 1;
      if (type === 'condition' || arrays > room) return false;
      room -= arrays;
      return true;
    });
  }

  /** Those that loops begin with. */
  get inputs(): readonly number[] {
    const { isStep, instructions } = this.#program;
    return this.#values.filter((value) => isStep && instructions[value]!.node.kind === 'argument');
  }

  /** The part of the state of a name, where it is kept. */
  state(name: string): number | undefined {
    const isIt = (value: number): boolean => this.#expressions.inputOf(value) === name;
    return isState(this.#program, name) ? this.inputs.find(isIt) : undefined;
  }

  has(value: number): boolean {
    return this.#values.includes(value);
  }

  get declarations(): string[] {
    const arrays = this.#values.flatMap((value) => this.#arraysOf(value));
    return arrays.map((array) => `var<private> ${array}: array<f32, ${this.#entries}>;`);
  }

  load(value: number): string {
    return loaded(this.partsOf(value));
  }

  store(value: number, x: string): string[] {
    return assigned(this.partsOf(value), x);
  }

  /** Where the entry k lies, of a double its high and its low part. */
  partsOf(value: number): readonly string[] {
    return this.#arraysOf(value).map((array) => `${array}[k / LANES]`);
  }

  #arraysOf(value: number): string[] {
    const name = `kept_${this.#expressions.nameOf(value)!}`;
    return this.#program.instructions[value]!.type === 'double' ? [`${name}_high`, `${name}_low`] : [name];
  }
}
