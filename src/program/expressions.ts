import type { Piece } from '../engine/kernel.ts';
import { splitDouble } from '../math/double-single.ts';
import { lowest } from './functions.ts';
import { operators } from './operators.ts';
import { isState, type Instruction, type Program } from './program.ts';
import type { Per } from './value.ts';
import { doublePieces, type ValueType, type WrittenOperator } from './wgsl-operators.ts';

/** The values of a program as expressions of WGSL. */
export class Expressions {
  readonly #program: Program;
  readonly #instructions: readonly Instruction[];
  readonly #names: readonly (string | undefined)[];
  /** The pieces whose functions are used. */
  readonly pieces: Set<Piece> = new Set<Piece>();

  constructor(program: Program) {
    this.#program = program;
    this.#instructions = program.instructions;
    this.#names = namesOf(program);
    if (program.instructions.some(({ type }) => type === 'double')) this.join(doublePieces);
  }

  /** What a value is called that has a line of its own; others stand where they are used. */
  nameOf(value: number): string | undefined {
    return this.#names[value];
  }

  /** A value as an operand: a number of f32, two of them, or a condition. */
  as(type: ValueType, value: number): string {
    const own = this.#instructions[value]!.type;
    if (type === own) return this.#names[value] ?? this.#inlined(value);
    return type === 'double' ? this.#lifted(value) : `narrowed(${this.as('double', value)})`;
  }

  /** Within an expression signs between operands need parentheses. */
  #inlined(value: number): string {
    const definition = this.definition(value);
    return this.#operatorOf(value)?.isInfix ? `(${definition})` : definition;
  }

  /** What the line of a value says it is. */
  definition(value: number): string {
    const { node, operands, type } = this.#instructions[value]!;
    switch (node.kind) {
      case 'constant': return type === 'double' ? doubleLiteral(node.value) : literal(node.value);
      case 'number': return `uniforms.n_${node.name}`;
      case 'argument': return this.#argument(node.name, this.#instructions[value]!.per);
      case 'index': return 'f32(k)';
      case 'outcomes': return 'f32(uniforms.outcomes)';
      case 'at': return entryOf(this.inputOf(operands[0]!), `u32(${this.as('single', operands[1]!)})`);
      case 'apply': return this.#applied(value);
      case 'step': return 'f32(step)';
      case 'reduce': case 'infinite': throw new TypeError(`A ${node.kind} has no expression`);
    }
  }

  /** The input that a value is. */
  inputOf(value: number): string {
    const { node } = this.#instructions[value]!;
    return node.kind === 'argument' ? node.name : '';
  }

  #argument(name: string, per: Per): string {
    if (per === 'entry') return entryOf(name, 'k');
    return isState(this.#program, name) ? `state_${name}` : entryOf(name, '0u');
  }

  #applied(value: number): string {
    const { operands } = this.#instructions[value]!;
    const operator = this.#operatorOf(value);
    if (!operator) return this.as(this.#instructions[value]!.type, operands[0]!);
    this.join(operator.pieces);
    return operator.write(...operands.map((operand, index) => this.as(operator.takes(index), operand)));
  }

  /** How an operator is written, with an operand that is a double or without; changes of type are none. */
  #operatorOf(value: number): WrittenOperator | undefined {
    const { node, operands } = this.#instructions[value]!;
    if (node.kind !== 'apply') return undefined;
    const { wgsl, ofDoubles } = operators[node.operator];
    return operands.some((operand) => this.#instructions[operand]!.type === 'double') ? ofDoubles ?? wgsl : wgsl;
  }

  /** Constants and numbers of a call keep what f32 has no room for. */
  #lifted(value: number): string {
    const { node } = this.#instructions[value]!;
    if (node.kind === 'constant') return doubleLiteral(node.value);
    if (node.kind === 'number') return `DoubleSingle(uniforms.n_${node.name}, uniforms.n_${node.name}_low)`;
    return `DoubleSingle(${this.as('single', value)}, 0.0)`;
  }

  join(pieces: readonly Piece[]): void {
    for (const piece of pieces) this.pieces.add(piece);
  }
}

function entryOf(input: string, index: string): string {
  return `${input}_at(${input}_start, ${index})`;
}

/**
 * Names of WGSL for the values that have a line of their own. Entries end in _k, and numbers of the row begin with
 * row_, so that no name is WGSL's own or a function's.
 */
function namesOf(program: Program): readonly (string | undefined)[] {
  const isInlined = inlinedOf(program);
  const taken = new Set<string>();
  return program.instructions.map(({ node, per, name }, value) => {
    if (isInlined[value]) return undefined;
    const given = (node.kind === 'argument' ? node.name : name ?? '').replace(/\W+/g, '_');
    const ofGiven = per === 'row' ? `row_${given}` : `${given}_k`;
    const plain = /^[a-z]/i.test(given) ? ofGiven : `v${value}`;
    const unique = taken.has(plain) ? `${plain}${value}` : plain;
    taken.add(unique);
    return unique;
  });
}

/** Operators within operators, before a line ends. */
const deepest = 6;

/** Which values stand where they are used: what is at hand, and operators that have no name and one use. */
function inlinedOf(program: Program): readonly boolean[] {
  const uses = usesOf(program);
  const depths: number[] = [];
  return program.instructions.map(({ node, operands, name }, value) => {
    const isLeaf = ['constant', 'number', 'index', 'outcomes', 'step'].includes(node.kind);
    const depth = isLeaf ? 0 : 1 + Math.max(...operands.map((operand) => depths[operand]!));
    const isInlined = isLeaf || (node.kind === 'apply' && name === undefined && uses[value]! < 2 && depth <= deepest);
    depths.push(isInlined ? depth : 0);
    return isInlined;
  });
}

/** How often each value is used; numbers of the row count twice for entries, which must not compute them again. */
function usesOf({ instructions, outputs }: Program): readonly number[] {
  const uses = instructions.map(() => 0);
  for (const { operands, per } of instructions) {
    for (const operand of operands) uses[operand]! += per === 'entry' && instructions[operand]!.per === 'row' ? 2 : 1;
  }
  for (const { value, infinite } of outputs) {
    uses[value]!++;
    if (infinite !== undefined) uses[infinite]!++;
  }
  return uses;
}

/** A number of f32, in as few digits as it has. */
function literal(x: number): string {
  const number = Math.fround(Math.max(lowest, Math.min(x, -lowest)));
  const short = Number(number.toPrecision(7));
  const digits = String(Math.fround(short) === number ? short : number);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

function doubleLiteral(x: number): string {
  const { high, low } = splitDouble(x);
  return `constant(${literal(high)}, ${literal(low)}, uniforms.zero)`;
}
