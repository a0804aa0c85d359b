import type { Piece } from '../engine/kernel.ts';
import { defineFrame, type FieldType, type Frame } from '../engine/frame.ts';
import { Expressions } from './expressions.ts';
import {
  isState, scheduleOf, wantedIn, type Input, type Instruction, type Output, type Program, type Schedule,
} from './program.ts';
import { reductionsOf } from './reductions.ts';
import { Kept } from './wgsl-kept.ts';
import { writeLoop } from './wgsl-loop.ts';
import { basicPieces } from './wgsl-operators.ts';
import { asBits, asFloat, assigned, block, loaded, typeName } from './wgsl-text.ts';

/** A program as WGSL, without the pieces of the regime. */
export interface WrittenProgram {
  readonly pieces: readonly Piece[];
  readonly frame: Frame;
  /** How often it goes through the entries of a row. */
  readonly sweeps: number;
}

/**
 * The WGSL of a program. Shapes and numbers come with each dispatch, as uniforms, so that it serves every call in which
 * a lane has at most so many `entries`; 0 is any number.
 */
export function writeProgram(program: Program, entries: number): WrittenProgram {
  const expressions = new Expressions(program);
  const schedule = scheduleOf(program);
  const kept = new Kept(program, schedule, expressions, entries);
  const steps = [
    ...startsOf(program.inputs.filter(({ isOverSteps }) => isOverSteps), 'step'),
    ...schedule.sweeps.flatMap((_, index) => sweepOf(program, expressions, schedule, index, kept)),
    ...definitions(expressions, schedule.rowValues),
  ];
  const whole = program.isStep ? writeLoop(program, expressions, kept, steps)
    : [...steps, ...closing(program, expressions)];
  const read = program.inputs.filter((input) => isRead(program, input));
  const source = [
    `// ${program.name}: ${program.formula ?? ''}`.replaceAll('\n', ' '),
    '// Written by src/program/wgsl.ts: x_k is of an entry, row_x of the row; v1 has no name.',
    ...kept.declarations, '',
    ...read.flatMap((input) => readerOf(input, isState(program, input.name))),
    ...block('fn compute_item(item: u32, local: u32)', [...opening(program), ...whole]), '',
  ].join('\n');
  const written: Piece = { name: `${program.name}.program.wgsl`, source };
  const pieces = [...basicPieces, ...expressions.pieces, written];
  return { pieces, frame: frameOf(program), sweeps: schedule.sweeps.length };
}

/** A term as a function of WGSL, behind the pieces whose functions it calls. */
export function writeFunction(term: Program, name: string): readonly Piece[] {
  const { instructions, inputs, outputs: [output] } = term;
  const expressions = new Expressions(term);
  const isOf = (input: string) => ({ node }: Instruction): boolean => 'name' in node && node.name === input;
  const places = inputs.map((input) => instructions.findIndex(isOf(input.name)));
  const parameters = inputs.map((input, index) => `${expressions.nameOf(places[index]!) ?? input.name}: f32`);
  const computed = [...instructions.keys()].filter((value) => !places.includes(value));
  const lines = [...definitions(expressions, computed), `return ${expressions.as('single', output!.value)};`];
  const code = block(`fn ${name}(${parameters.join(', ')}) -> f32`, lines);
  const source = [`// ${term.name}: ${term.formula}`, ...code, ''].join('\n');
  return [...new Set([...basicPieces, ...expressions.pieces]), { name: `${term.name}.term.wgsl`, source }];
}

function frameOf({ inputs, numbers, outputs, instructions, isStep }: Program): Frame {
  const ofWhole = (name: string): [string, FieldType] => [name, 'u32'];
  const fields = [...isStep ? ['first_step', 'steps'] : [], ...inputs.map(({ name }) => `${name}_width`)].map(ofWhole);
  for (const name of numbers) fields.push([`n_${name}`, 'f32'], [`n_${name}_low`, 'f32']);
  for (const { name, value } of outputs) {
    fields.push(ofWhole(`${name}_to`));
    if (instructions[value]!.per === 'entry') fields.push(ofWhole(`${name}_columns`));
  }
  return defineFrame({
    inputs: Object.fromEntries(inputs.map(({ name }) => [`${name}_words`, 'u32'])), output: ['results', 'u32'],
    uniforms: Object.fromEntries(fields), calls: 'compute_item',
  });
}

/** Numbers of the row in a state are variables. */
function isRead(program: Program, { name, per }: Input): boolean {
  const isVariable = per === 'row' && isState(program, name);
  return !isVariable && program.instructions.some(({ node }) => node.kind === 'argument' && node.name === name);
}

/**
 * A function that reads an entry of an input: 0 beyond its end, and without the sign of −0 where it is a weight. The
 * state of a loop lies where its results do.
 */
function readerOf({ name, type, isWeights }: Input, isOfState: boolean): string[] {
  const [words, width] = isOfState ? ['results', `${name}_columns`] : [`${name}_words`, `${name}_width`];
  const number = (index: string): string =>
    asFloat(`select(0u, ${words}[${index}]${isWeights ? ' & 0x7fffffffu' : ''}, k < uniforms.${width})`);
  const parts = ['start + k', ...type === 'double' ? [`start + uniforms.${width} + k`] : []].map(number);
  const head = `fn ${name}_at(start: u32, k: u32) -> ${typeName(type)}`;
  return [...block(head, [`return ${loaded(parts)};`]), ''];
}

function opening(program: Program): string[] {
  return [
    'let row = row_of(item, uniforms.rows);',
    'let to = row * uniforms.width;',
    ...startsOf(program.inputs.filter(({ name, isOverSteps }) => !isOverSteps && !isState(program, name)), 'row'),
  ];
}

function startsOf(inputs: readonly Input[], row: 'row' | 'step'): string[] {
  return inputs.map(({ name }) => `let ${name}_start = ${name}_words_row(${row});`);
}

function definitions(expressions: Expressions, values: readonly number[]): string[] {
  const named = values.filter((value) => expressions.nameOf(value) !== undefined);
  return named.map((value) => `let ${expressions.nameOf(value)!} = ${expressions.definition(value)};`);
}

function sweepOf(program: Program, expressions: Expressions, schedule: Schedule, index: number, kept: Kept): string[] {
  const { rowValues, reductions, outputs } = schedule.sweeps[index]!;
  const own = definitions(expressions, rowValues);
  if (reductions.length + outputs.length === 0) return own;
  const joins = reductionsOf(program, expressions, reductions);
  return [
    ...own,
    ...joins.map(({ declared }) => declared),
    ...block('for (var k = lane_of(local); k < uniforms.outcomes; k += LANES)', [
      ...entriesOf(program, expressions, schedule, index, kept),
      ...joins.map(({ updated }) => updated),
      ...outputs.flatMap((output) =>
        block(`if (item == row && k < uniforms.${output.name}_columns)`, stored(program, expressions, output, kept))),
    ]),
    ...joins.flatMap(({ joined }) => joined),
  ];
}

/** The values of an entry that a sweep needs, of which sweeps before it may have kept some. */
function entriesOf(
  program: Program, expressions: Expressions, { sweeps }: Schedule, index: number, kept: Kept,
): string[] {
  const { entryValues } = sweeps[index]!;
  const before = new Set([...kept.inputs, ...sweeps.slice(0, index).flatMap((sweep) => sweep.entryValues)]);
  const isThere = (value: number): boolean => kept.has(value) && before.has(value);
  const wanted = new Set(wantedIn(program, sweeps[index]!));
  for (const value of wanted) {
    if (!isThere(value)) program.instructions[value]!.operands.forEach((operand) => wanted.add(operand));
  }
  return entryValues.filter((value) => wanted.has(value)).flatMap((value) => {
    const name = expressions.nameOf(value);
    if (name === undefined) return [];
    if (isThere(value)) return [`let ${name} = ${kept.load(value)};`];
    return [`let ${name} = ${expressions.definition(value)};`, ...kept.has(value) ? kept.store(value, name) : []];
  });
}

function closing(program: Program, expressions: Expressions): string[] {
  const ofRow = program.outputs.filter(({ value }) => program.instructions[value]!.per === 'row');
  if (ofRow.length === 0) return [];
  const lines = ofRow.flatMap((output) => stored(program, expressions, output));
  return block('if (item == row && lane_of(local) == 0u)', lines);
}

/** Stores an entry of a result, or a number of the row. */
function stored(
  { instructions }: Program, expressions: Expressions, { name, value, infinite }: Output, kept?: Kept,
): string[] {
  const { per, type } = instructions[value]!;
  const x = expressions.as(type, value);
  const state = kept?.state(name);
  if (state !== undefined) return [`let ${name}_next = ${x};`, ...kept!.store(state, `${name}_next`)];
  const at = `to + uniforms.${name}_to${per === 'entry' ? ' + k' : ''}`;
  const place = `results[${at}]`;
  if (infinite !== undefined) return [`${place} = infinite_where(${x}, ${expressions.as('condition', infinite)});`];
  if (type !== 'double') return assigned([place], x, asBits);
  const low = per === 'entry' ? `${at} + uniforms.${name}_columns` : `${at} + 1u`;
  return [`let ${name}_parts = ${x};`, ...assigned([place, `results[${low}]`], `${name}_parts`, asBits)];
}
