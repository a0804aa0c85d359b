import type { Piece } from '../engine/kernel.ts';
import { defineUniforms, wgslStruct, type FieldType, type UniformLayout } from '../engine/uniform-layout.ts';
import { Expressions } from './expressions.ts';
import { isState, scheduleOf, type Input, type Instruction, type Output, type Program, type Sweep } from './program.ts';
import { writeLoop } from './wgsl-loop.ts';
import { indented } from './wgsl-text.ts';
import { argmaxPieces, basicPieces, doublePieces } from './wgsl-operators.ts';

/** A program as WGSL, without the pieces of the regime. */
export interface WrittenProgram {
  readonly pieces: readonly Piece[];
  readonly uniforms: UniformLayout;
  /** How often it goes through the entries of a row. */
  readonly sweeps: number;
}

/** What lanes add up or compare, and how they join. */
interface Reduction {
  readonly declared: string;
  readonly updated: string;
  readonly joined: readonly string[];
}

const components = 'xyzw';

/** The WGSL of a program. Shapes and numbers come with each dispatch, as uniforms, so that it serves every call. */
export function writeProgram(program: Program): WrittenProgram {
  const uniforms = uniformsOf(program);
  const writer = new Writer(program);
  const body = writer.body();
  const source = [
    `// ${program.name}: ${program.formula}`.replaceAll('\n', ' '),
    '// Written by src/program/wgsl.ts: x_k is of an entry, row_x of the row; v1 has no name.',
    wgslStruct('Uniforms', uniforms), '',
    ...bindingsOf(program), '',
    ...program.inputs.filter((input) => isRead(program, input)).flatMap((input) => readerOf(input, isState(program, input.name))),
    '@compute @workgroup_size(WORKGROUP)',
    'fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {',
    ...indented(body), '}', '',
  ].join('\n');
  return { pieces: [...basicPieces, ...writer.pieces, { name: `${program.name}.program.wgsl`, source }], uniforms, sweeps: scheduleOf(program).sweeps.length };
}

function uniformsOf({ inputs, numbers, outputs, instructions, isStep }: Program): UniformLayout {
  const names = ['rows', 'width', 'zero', 'outcomes', ...isStep ? ['first_step', 'steps'] : []];
  const fields: [string, FieldType][] = names.map((name) => [name, 'u32']);
  for (const { name } of inputs) for (const field of ['start', 'stride', 'width']) fields.push([`${name}_${field}`, 'u32']);
  for (const name of numbers) fields.push([`n_${name}`, 'f32'], [`n_${name}_low`, 'f32']);
  for (const { name, value } of outputs) {
    fields.push([`${name}_to`, 'u32']);
    if (instructions[value]!.per === 'entry') fields.push([`${name}_columns`, 'u32']);
  }
  return defineUniforms(Object.fromEntries(fields));
}

function bindingsOf({ inputs }: Program): string[] {
  return [
    ...inputs.map(({ name }, binding) => `@group(0) @binding(${binding}) var<storage, read> ${name}_words: array<u32>;`),
    `@group(0) @binding(${inputs.length}) var<storage, read_write> results: array<u32>;`,
    `@group(0) @binding(${inputs.length + 1}) var<uniform> uniforms: Uniforms;`,
  ];
}

/** Numbers of the row in a state are variables. */
function isRead(program: Program, { name, per }: Input): boolean {
  return !(per === 'row' && isState(program, name)) && program.instructions.some(({ node }) => node.kind === 'argument' && node.name === name);
}

/**
 * A function that reads an entry of an input: 0 beyond its end, and without the sign of −0 where it is a weight. The state
 * of a loop lies where its results do, from the first step on.
 */
function readerOf({ name, type, isWeights }: Input, isOfState: boolean): string[] {
  const words = isOfState ? 'results' : `${name}_words`;
  const width = isOfState ? `${name}_columns` : `${name}_width`;
  const word = (index: string): string => `select(0u, ${words}[${index}]${isWeights ? ' & 0x7fffffffu' : ''}, k < uniforms.${width})`;
  const number = (index: string): string => `bitcast<f32>(${word(index)})`;
  const low = `start + uniforms.${width} + k`;
  const value = type === 'double' ? `DoubleSingle(${number('start + k')}, ${number(low)})` : number('start + k');
  return [`fn ${name}_at(start: u32, k: u32) -> ${type === 'double' ? 'DoubleSingle' : 'f32'} {`, `  return ${value};`, '}', ''];
}

class Writer {
  readonly #program: Program;
  readonly #values: Expressions;

  constructor(program: Program) {
    this.#program = program;
    this.#values = new Expressions(program);
  }

  get pieces(): ReadonlySet<Piece> {
    return this.#values.pieces;
  }

  body(): string[] {
    const { inputs, isStep } = this.#program;
    const starts = (some: readonly Input[], row: string): string[] =>
      some.map(({ name }) => `let ${name}_start = uniforms.${name}_start + ${row} * uniforms.${name}_stride;`);
    const head = [
      'let item = item_of(workgroup, groups, local);',
      'if (is_idle(item, uniforms.rows)) {', '  return;', '}',
      'let row = row_of(item, uniforms.rows);', 'let to = row * uniforms.width;',
    ];
    const whole = inputs.filter(({ isOverSteps }) => !isOverSteps);
    if (!isStep) return [...head, ...starts(whole, 'row'), ...this.#sweeps(), ...this.#storedByOne(this.#ofRow)];
    const perStep = starts(inputs.filter(({ isOverSteps }) => isOverSteps), 'step');
    return [...head, ...starts(whole.filter(({ name }) => !isState(this.#program, name)), 'row'), ...writeLoop(this.#program, [...perStep, ...this.#sweeps()], ({ value }) => this.#values.as(this.#of(value).type, value))];
  }

  get #ofRow(): readonly Output[] {
    return this.#program.outputs.filter(({ value }) => this.#of(value).per === 'row');
  }

  #sweeps(): string[] {
    const { sweeps, rowValues } = scheduleOf(this.#program);
    return [...sweeps.flatMap((sweep) => [...this.#definitions(sweep.rowValues), ...this.#sweep(sweep)]), ...this.#definitions(rowValues)];
  }

  #storedByOne(outputs: readonly Output[]): string[] {
    return outputs.length > 0 ? ['if (item == row && lane_of(local) == 0u) {', ...indented(outputs.flatMap((output) => this.#stored(output))), '}'] : [];
  }

  #of(value: number): Instruction {
    return this.#program.instructions[value]!;
  }

  #definitions(values: readonly number[]): string[] {
    return values.flatMap((value) => {
      const name = this.#values.nameOf(value);
      return name === undefined ? [] : [`let ${name} = ${this.#values.definition(value)};`];
    });
  }

  #sweep({ entryValues, reductions, outputs }: Sweep): string[] {
    if (reductions.length + outputs.length === 0) return [];
    const joins = this.#reductions(reductions);
    return [
      ...joins.map(({ declared }) => declared),
      'for (var k = lane_of(local); k < uniforms.outcomes; k += LANES) {',
      ...indented([
        ...this.#definitions(entryValues),
        ...joins.map(({ updated }) => updated),
        ...outputs.flatMap((output) => [`if (item == row && k < uniforms.${output.name}_columns) {`, ...indented(this.#stored(output)), '}']),
      ]),
      '}',
      ...joins.flatMap(({ joined }) => joined),
    ];
  }

  /** Stores an entry of a result, or a number of the row. */
  #stored({ name, value, infinite }: Output): string[] {
    const { per, type } = this.#of(value);
    const at = `to + uniforms.${name}_to${per === 'entry' ? ' + k' : ''}`;
    const x = this.#values.as(type, value);
    if (type !== 'double') {
      const bits = infinite === undefined ? `bitcast<u32>(${x})` : `infinite_where(${x}, ${this.#values.as('condition', infinite)})`;
      return [`results[${at}] = ${bits};`];
    }
    const low = per === 'entry' ? `${at} + uniforms.${name}_columns` : `${at} + 1u`;
    return [`let ${name}_parts = ${x};`, `results[${at}] = bitcast<u32>(${name}_parts.high);`, `results[${low}] = bitcast<u32>(${name}_parts.low);`];
  }

  /** Sums of f32 go four at a time. */
  #reductions(values: readonly number[]): Reduction[] {
    const isPlain = (value: number): boolean => {
      const { node, type } = this.#of(value);
      return type === 'single' && node.kind === 'reduce' && node.reduction === 'sum';
    };
    const plain = values.filter(isPlain);
    const fours = Array.from({ length: Math.ceil(plain.length / 4) }, (_, index) => plain.slice(4 * index, 4 * index + 4));
    return [...fours.map((sums) => this.#sums(sums)), ...values.filter((value) => !isPlain(value)).map((value) => this.#reduction(value))];
  }

  #sums(values: readonly number[]): Reduction {
    const [sums, totals] = [`sums${values[0]!}`, `totals${values[0]!}`];
    const terms = Array.from(components, (_, index) => (index < values.length ? this.#values.as('single', this.#of(values[index]!).operands[0]!) : '0.0'));
    return {
      declared: `var ${sums} = Accumulator();`,
      updated: `accumulate(&${sums}, vec4(${terms.join(', ')}), uniforms.zero);`,
      joined: [`let ${totals} = sum_over_lanes(total_of(${sums}), local);`, ...values.map((value, index) => this.#let(value, `${totals}.${components[index]!}`))],
    };
  }

  #let(value: number, text: string): string {
    return `let ${this.#values.nameOf(value)!} = ${text};`;
  }

  #reduction(value: number): Reduction {
    const { node, operands: [operand], type } = this.#of(value);
    const reduction = node.kind === 'reduce' ? node.reduction : '';
    const own = `${reduction}${value}`;
    if (reduction === 'max' && type === 'single') {
      return {
        declared: `var ${own} = LOWEST;`, updated: `${own} = max(${own}, ${this.#values.as('single', operand!)});`,
        joined: [this.#let(value, `max_over_lanes(vec4(${own}), local).x`)],
      };
    }
    const x = this.#values.as('double', operand!);
    if (reduction === 'argmax') {
      this.#values.join(argmaxPieces);
      return {
        declared: `var ${own} = Best(DoubleSingle(LOWEST, 0.0), lane_of(local));`, updated: `${own} = better_of(${own}, ${x}, k);`,
        joined: [this.#let(value, `argmax_of(${own}, local)`)],
      };
    }
    this.#values.join(doublePieces);
    return reduction === 'max'
      ? { declared: `var ${own} = DoubleSingle(LOWEST, 0.0);`, updated: `${own} = greater_of(${own}, ${x});`, joined: [this.#let(value, `max_of_doubles(${own}, local)`)] }
      : { declared: `var ${own} = DoubleSingle();`, updated: `${own} = plus(${own}, ${x});`, joined: [this.#let(value, `sum_of_doubles(${own}, local)`)] };
  }
}
