import type { Node, Per } from './value.ts';
import type { ValueType } from './wgsl-operators.ts';

/** A value of a program, made from values before it. */
export interface Instruction {
  readonly node: Node;
  /** Places of the operands among the instructions. */
  readonly operands: readonly number[];
  readonly per: Per;
  readonly type: ValueType;
  readonly name?: string;
}

/** What a program reads: rows of entries, or a number a row. */
export interface Input {
  readonly name: string;
  readonly per: Per;
  /** Of doubles the high parts of all entries lie before the low parts. */
  readonly type: 'single' | 'double';
  /** Whether its entries are weights, of which the sign of −0 means nothing. */
  readonly isWeights: boolean;
  /** Whether its rows go with the steps of a loop, not with the rows of the result. */
  readonly isOverSteps: boolean;
}

/** What a program gives. */
export interface Output {
  readonly name: string;
  readonly value: number;
  /** The condition under which it is infinite, with its own sign. */
  readonly infinite?: number;
}

/** A function of the rows of its inputs, as data: it goes to workers, and is the key of what is made of it. */
export interface Program {
  readonly name: string;
  /** No build has it (build/record-notes.ts). */
  readonly formula?: string | undefined;
  readonly inputs: readonly Input[];
  /** Numbers that come with each call and change nothing of the code. */
  readonly numbers: readonly string[];
  readonly instructions: readonly Instruction[];
  readonly outputs: readonly Output[];
  /** Whether it is a step of a loop: its outputs are the next values of the inputs of their names. */
  readonly isStep: boolean;
}

/**
 * The output of a step that says for each row whether it goes on: above 0. A row that does not keeps its state; when no
 * row goes on the loop ends.
 */
export const active = 'active';

/** Whether an input of a step is part of the state. */
export function isState({ outputs, isStep }: Program, input: string): boolean {
  return isStep && outputs.some(({ name }) => name === input);
}

/** One pass over the entries of a row. */
export interface Sweep {
  /** Numbers of the row that are computed before it, in order. */
  readonly rowValues: readonly number[];
  /** Values of each entry that it computes, in order. */
  readonly entryValues: readonly number[];
  /** What it sums up, or finds the greatest of. */
  readonly reductions: readonly number[];
  /** Outputs with entries, which the last sweep writes. */
  readonly outputs: readonly Output[];
}

/** The passes that a program makes over a row, each as early as it can be, and numbers of the row after the last. */
export interface Schedule {
  readonly sweeps: readonly Sweep[];
  readonly rowValues: readonly number[];
}

/** The sweep before which a number of the row is there, or in which a value of each entry can be had. */
function levelsOf({ instructions }: Program): readonly number[] {
  const levels: number[] = [];
  for (const { node, operands } of instructions) {
    const level = Math.max(0, ...operands.map((operand) => levels[operand]!));
    levels.push(node.kind === 'reduce' ? level + 1 : level);
  }
  return levels;
}

/** What a sweep computes entries for: what it sums up or compares, and what it writes. */
export function wantedIn(
  { instructions }: Program, { reductions, outputs }: Pick<Sweep, 'reductions' | 'outputs'>,
): number[] {
  return [
    ...reductions.map((value) => instructions[value]!.operands[0]!),
    ...outputs.flatMap(({ value, infinite }) => (infinite === undefined ? [value] : [value, infinite])),
  ];
}

export function scheduleOf(program: Program): Schedule {
  const { instructions, outputs } = program;
  const levels = levelsOf(program);
  const all = [...instructions.keys()];
  const isEntry = (value: number): boolean => instructions[value]!.per === 'entry';
  const isReduction = (value: number): boolean => instructions[value]!.node.kind === 'reduce';
  const written = outputs.filter(({ value }) => isEntry(value));
  const reductions = all.filter(isReduction);
  const last = Math.max(0, ...wantedIn(program, { reductions, outputs: written }).map((value) => levels[value]!));
  const rowValuesAt = (level: number): number[] =>
    all.filter((value) => !isEntry(value) && !isReduction(value) && levels[value] === level);
  const sweeps = Array.from({ length: last + 1 }, (_, level): Sweep => {
    const ends = (value: number): boolean => levels[value] === level + 1;
    const own = { reductions: reductions.filter(ends), outputs: level === last ? written : [] };
    const wanted = new Set(wantedIn(program, own));
    for (const value of wanted) instructions[value]!.operands.filter(isEntry).forEach((operand) => wanted.add(operand));
    return { rowValues: rowValuesAt(level), entryValues: [...wanted].filter(isEntry).sort((a, b) => a - b), ...own };
  });
  return { sweeps, rowValues: rowValuesAt(last + 1) };
}

/** Where a result of a program lies in a row of the tensor that has them all. */
export interface Field {
  readonly output: Output;
  readonly per: Per;
  readonly isDouble: boolean;
  readonly from: number;
  /** Entries; a double has as many columns more. */
  readonly width: number;
}

/** The results of a program side by side; `widths` says how many entries those have that are shorter than the row. */
export function fieldsOf(
  { instructions, outputs }: Program, outcomes: number, widths: Readonly<Record<string, number>> = {},
): readonly Field[] {
  let from = 0;
  return outputs.map((output): Field => {
    const { per, type } = instructions[output.value]!;
    const width = per === 'row' ? 1 : widths[output.name] ?? outcomes;
    const field = { output, per, isDouble: type === 'double', from, width };
    from += columnsOf(field);
    return field;
  });
}

export function columnsOf({ isDouble, width }: Pick<Field, 'isDouble' | 'width'>): number {
  return isDouble ? 2 * width : width;
}

/** A call of a row program, as far as its code and its numbers go. */
export interface Prepared {
  readonly program: Program;
  readonly outcomes: number;
  readonly fields: readonly Field[];
  readonly numbers: Readonly<Record<string, number>>;
  /** Of a loop: how many steps it makes at most. */
  readonly steps?: number;
}
