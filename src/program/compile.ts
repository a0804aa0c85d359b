import { lowest } from './functions.ts';
import { keepingOf, type Keeping } from './keep.ts';
import {
  allocateRegisters, type MachineCode, type MachineInstruction, type MachineOperation, type Place, type Section,
} from './machine-code.ts';
import type { Operator } from './operators.ts';
import { scheduleOf, type Instruction, type Output, type Program, type Schedule } from './program.ts';

/** Constants before those of the fields: entry, outcomes, length and direction of a stretch, step, and how many. */
const fixedConstants = 6;

/** Translates a program into code of the vector machine. */
export function compile(program: Program): MachineCode {
  return new Compiler(program).code();
}

/** Operators that are operations on their operand and literals besides. */
const completed: Partial<Readonly<Record<Operator, readonly [MachineOperation, ...number[]]>>> = {
  exp: ['exp', 1], expm1: ['expm1', 1], log: ['log', 1, 0], logDouble: ['log', 1, 0], log1p: ['log', 1, 1],
  logOfBinade: ['size', 0, lowest], exprel: ['expm1', 1], log1prel: ['log', 1, 1], sinc: ['sin'],
};
/** Those that then divide by their operand. */
const relative: readonly Operator[] = ['exprel', 'log1prel', 'sinc'];

type Make = (operation: MachineOperation, ...operands: (Place | number)[]) => Place;

/** A product, of which the first factor is a value of entries. */
interface Product {
  readonly of: number;
  readonly by: () => Place;
  /** Whether the second factor is a number of the row. */
  readonly isByRow: boolean;
}

class Compiler {
  readonly #program: Program;
  readonly #schedule: Schedule;
  readonly #keeping: Keeping;
  readonly #literals: number[] = [];
  /** What is done once a row and what is done for its entries, by turns; the last of each. */
  readonly #sections: Section[] = [];
  #once: MachineInstruction[] = [];
  #each: MachineInstruction[] = [];
  readonly #counts = { constant: 0, row: 0, register: 0, kept: 0 };
  /** Where values are, and inverses and negatives of numbers of the row; registers are of the sweep at hand. */
  #places = new Map<number | string, Place>();
  /** How often the sweep at hand uses values of entries. */
  #uses: ReadonlyMap<number, number> = new Map();

  constructor(program: Program) {
    this.#program = withoutLifts(program);
    this.#schedule = scheduleOf(this.#program);
    this.#keeping = keepingOf(this.#program, this.#schedule);
  }

  code(): MachineCode {
    let registers = 0;
    const ending = endingOf(this.#program, this.#schedule);
    for (const [index, { rowValues, reductions, outputs }] of this.#schedule.sweeps.entries()) {
      this.#begin(rowValues);
      if (index === ending?.sweep) {
        const operands = [this.#place(ending.condition)];
        this.#once.push({ operation: 'settle', result: this.#literal(0), operands });
      }
      this.#uses = this.#keeping.uses[index]!;
      for (const value of reductions) this.#reduce(value);
      if (this.#program.isStep) for (const { value } of outputs) this.#place(value); // before any is written over
      for (const output of outputs) this.#store(output, this.#each);
      registers = Math.max(registers, allocateRegisters(this.#each));
    }
    this.#begin(this.#schedule.rowValues);
    for (const output of this.#program.outputs) if (!this.#isEntry(output.value)) this.#store(output, this.#once);
    const { row: rowNumbers, kept } = this.#counts;
    return { literals: this.#literals, rowNumbers, registers, kept, sections: this.#sections, ...loopOf(this.#program) };
  }

  /** Numbers of the row, and the sweep after them. */
  #begin(rowValues: readonly number[]): void {
    this.#sections.push(this.#once = [], this.#each = []);
    this.#places = new Map([...this.#places].filter(([, { kind }]) => kind !== 'register'));
    for (const value of rowValues) this.#place(value);
  }

  #newPlace(kind: Place['kind']): Place {
    return { kind, index: this.#counts[kind]++ };
  }

  #isEntry(value: number): boolean {
    return this.#program.instructions[value]!.per === 'entry';
  }

  #literal(value: number): Place {
    const { outputs, numbers } = this.#program;
    const found = this.#literals.indexOf(value);
    const literal = found >= 0 ? found : this.#literals.push(value) - 1;
    return { kind: 'constant', index: fixedConstants + 2 * outputs.length + numbers.length + literal };
  }

  /** Where a value is, which is computed at its first use. */
  #place(value: number): Place {
    const found = this.#places.get(value);
    if (found) return found;
    const place = this.#compute(value);
    this.#places.set(value, place);
    return place;
  }

  #compute(value: number): Place {
    const { instructions, outputs, numbers } = this.#program;
    const { node, operands, per } = instructions[value]!;
    const make = this.#makerOf(value);
    switch (node.kind) {
      case 'constant': return this.#literal(node.value);
      case 'number':
        return { kind: 'constant', index: fixedConstants + 2 * outputs.length + numbers.indexOf(node.name) };
      case 'outcomes': return { kind: 'constant', index: 1 };
      case 'step': return { kind: 'constant', index: 4 };
      case 'index': return make('index');
      case 'argument':
        return per === 'entry' ? this.#load(make, value) : make(...this.#access('at', value), this.#literal(0));
      case 'at': return make(...this.#access('at', operands[0]!), this.#place(operands[1]!));
      case 'apply': return this.#apply(node.operator, value, operands, make);
      case 'reduce': case 'infinite': throw new TypeError(`A ${node.kind} is computed elsewhere`);
    }
  }

  /** Makes a value with an instruction. Where it is to be is found when its operands have their places. */
  #makerOf(value: number, kind: Place['kind'] = this.#keeping.kept.has(value) ? 'kept' : 'register'): Make {
    const isEntry = this.#isEntry(value);
    return (operation, ...operands) => {
      const result = this.#newPlace(isEntry ? kind : 'row');
      (isEntry ? this.#each : this.#once).push({ operation, result, operands });
      return result;
    };
  }

  #apply(operator: Operator, value: number, operands: readonly number[], make: Make): Place {
    const [x, y] = [operands[0]!, operands[1]!];
    const [operation, ...literals] = completed[operator] ?? [];
    if (operator === 'lift' || operator === 'narrow') return this.#place(x);
    if (operator === 'negate' && !this.#isEntry(x)) return this.#ofRow('negative', x);
    if (operation) {
      const isRelative = relative.includes(operator);
      const made = (isRelative ? this.#makerOf(value, 'register') : make)(
        operation, this.#place(x), ...literals.map((literal) => this.#literal(literal)));
      return isRelative ? make('perUnit', made, this.#place(x)) : made;
    }
    const fused = operator === 'add' ? this.#sum(make, x, y) ?? this.#sum(make, y, x)
      : operator === 'subtract' ? this.#difference(make, x, y)
      : operator === 'select' ? this.#size(make, operands) ?? this.#logarithm(make, operands)
      : operator === 'logRatio' ? make('log', this.#place(x), this.#place(y), this.#literal(0))
      : this.#scaled(make, this.#product(value));
    return fused ?? make(operator as MachineOperation, ...operands.map((operand) => this.#place(operand)));
  }

  /** x + y in one instruction, if x is a product, or is read for this alone and y is a number of the row. */
  #sum(make: Make, x: number, y: number, added = (): Place => this.#place(y)): Place | undefined {
    const isRow = !this.#isEntry(y);
    if (isRow && this.#isSingle(x, 'argument')) return this.#load(make, x, this.#literal(1), added());
    const product = this.#isSingle(x, 'apply') && this.#product(x);
    if (!product) return undefined;
    const isRead = isRow && product.isByRow && this.#isSingle(product.of, 'argument');
    return isRead ? this.#load(make, product.of, product.by(), added())
      : make('multiplyAdd', this.#place(product.of), product.by(), added());
  }

  #difference(make: Make, x: number, y: number): Place | undefined {
    if (this.#isEntry(x) && !this.#isEntry(y)) return this.#sum(make, x, y, () => this.#ofRow('negative', y));
    const product = this.#isSingle(y, 'apply') && this.#product(y);
    return product ? make('multiplySubtract', this.#place(product.of), product.by(), this.#place(x)) : undefined;
  }

  #scaled(make: Make, product: Product | undefined): Place | undefined {
    if (!product) return undefined;
    const isRead = product.isByRow && this.#isSingle(product.of, 'argument');
    if (isRead) return this.#load(make, product.of, product.by());
    return make('multiply', this.#place(product.of), product.by());
  }

  /** x plus the logarithm of the binade of w where w > 0. */
  #size(make: Make, [condition, sum, other]: readonly number[]): Place | undefined {
    const [zero, w] = this.#partsOf(condition!, 'less');
    const [x, binade] = this.#partsOf(sum!, 'add');
    if (w === undefined || binade === undefined || this.#partsOf(binade, 'logOfBinade')[0] !== w) return undefined;
    const { node } = this.#program.instructions[zero!]!;
    if (node.kind !== 'constant' || node.value !== 0) return undefined;
    return make('size', this.#place(w), this.#place(x!), this.#place(other!));
  }

  /** The one logarithm that is taken, of x + 1 or of x. */
  #logarithm(make: Make, [condition, first, second]: readonly number[]): Place | undefined {
    const [[x], [y]] = [this.#partsOf(first!, 'log1p'), this.#partsOf(second!, 'log')];
    if (x === undefined || y === undefined) return undefined;
    const [isFirst, one, zero] = [this.#place(condition!), this.#literal(1), this.#literal(0)];
    const of = this.#makerOf(x, 'register')('select', isFirst, this.#place(x), this.#place(y));
    return make('log', of, one, this.#makerOf(x, 'register')('select', isFirst, one, zero));
  }

  /** The operands of a value that an operator makes for this use alone. */
  #partsOf(value: number, operator: Operator): readonly number[] {
    const { node, operands } = this.#program.instructions[value]!;
    return node.kind === 'apply' && node.operator === operator && this.#isSingle(value, 'apply') ? operands : [];
  }

  /** Whether the sweep at hand uses a value of entries once, and no other finds it in memory. */
  #isSingle(value: number, kind: 'apply' | 'argument'): boolean {
    const { node } = this.#program.instructions[value]!;
    return node.kind === kind && this.#uses.get(value) === 1 && !this.#keeping.kept.has(value);
  }

  #product(value: number): Product | undefined {
    const { node, operands: [x = 0, y = 0] } = this.#program.instructions[value]!;
    if (node.kind !== 'apply' || !this.#isEntry(value)) return undefined;
    if (node.operator === 'negate') return { of: x, by: () => this.#literal(-1), isByRow: true };
    const [of, other] = this.#isEntry(x) ? [x, y] : [y, x];
    const isByRow = !this.#isEntry(other);
    if (node.operator === 'multiply') return { of, by: () => this.#place(other), isByRow };
    if (node.operator !== 'divide' || of !== x || !isByRow) return undefined;
    return { of, by: () => this.#ofRow('inverse', other), isByRow };
  }

  /** −x or 1/x of a number of the row, computed once. */
  #ofRow(kind: 'negative' | 'inverse', value: number): Place {
    const key = `${kind} ${value}`;
    const [operation, x] = kind === 'negative' ? ['multiply', -1] as const : ['divide', 1] as const;
    const place = this.#places.get(key) ?? this.#makerOf(value)(operation, this.#literal(x), this.#place(value));
    this.#places.set(key, place);
    return place;
  }

  #reduce(value: number): void {
    const { node, operands } = this.#program.instructions[value]!;
    if (node.kind !== 'reduce') return;
    const of = operands[0]!;
    if (node.reduction === 'sum' && this.#isOfWeights(of)) {
      this.#places.set(value, this.#makerOf(value)('mass', this.#access('load', of)[1]));
      return;
    }
    const start = (x: number): Place => this.#makerOf(value)('add', this.#literal(x), this.#literal(0));
    const product = node.reduction === 'sum' && this.#isSingle(of, 'apply') ? this.#product(of) : undefined;
    const result = start(node.reduction === 'max' ? -Infinity : 0);
    const terms = product ? [this.#place(product.of), product.by()] : [this.#place(of)];
    if (node.reduction === 'sum' && !product) terms.push(this.#literal(1));
    if (node.reduction === 'argmax') terms.push(start(-Infinity)); // the greatest so far
    this.#each.push({ operation: node.reduction, result, operands: terms });
    this.#places.set(value, result);
  }

  /** Whether it is an input whose entries are never negative, and which no step changes. */
  #isOfWeights(value: number): boolean {
    const { node } = this.#program.instructions[value]!;
    const input = this.#program.inputs.find(({ name }) => node.kind === 'argument' && name === node.name);
    return input !== undefined && input.isWeights && !input.isOverSteps;
  }

  #store(output: Output, section: MachineInstruction[]): void {
    const { value, infinite } = output;
    const { outputs, instructions } = this.#program;
    const result: Place = { kind: 'constant', index: fixedConstants + 2 * outputs.indexOf(output) };
    const mayScale = infinite === undefined && !this.#program.isStep && this.#isSingle(value, 'apply');
    const product = mayScale ? this.#product(value) : undefined;
    const isScaled = product?.isByRow;
    let place = this.#place(isScaled ? product.of : value);
    if (infinite !== undefined) place = this.#makerOf(value, 'register')('infinite', place, this.#place(infinite));
    const operation = instructions[value]!.type === 'double' ? 'storeDouble' : 'store';
    section.push({ operation, result, operands: [place, isScaled ? product.by() : this.#literal(1)] });
  }

  /** The entries of an input, scaled and shifted. */
  #load(make: Make, argument: number, scale = this.#literal(1), offset = this.#literal(0)): Place {
    return make(...this.#access('load', argument), scale, offset);
  }

  /** The operation that reads an input, and which input that is. */
  #access(operation: 'load' | 'at', argument: number): readonly [MachineOperation, number] {
    const { node } = this.#program.instructions[argument]!;
    const input = this.#program.inputs.findIndex(({ name }) => node.kind === 'argument' && name === node.name);
    const { isWeights, type } = this.#program.inputs[input]!;
    return [`${operation}${isWeights ? 'Weight' : type === 'double' ? 'Double' : ''}`, input];
  }
}

/** The first sweep that rows do not need for which the condition holds. */
interface Ending {
  readonly sweep: number;
  readonly condition: number;
}

/**
 * The condition under which a row needs no sweep from one on: those are for the other side of a choice alone. Where it
 * holds the machine goes on behind the last sweep.
 */
function endingOf({ instructions, outputs, isStep }: Program, { sweeps }: Schedule): Ending | undefined {
  if (isStep || outputs.some(({ value }) => instructions[value]!.per === 'entry')) return undefined;
  const reducedIn = (sweep: number, values: ReadonlySet<number>): boolean =>
    sweeps[sweep]!.reductions.some((value) => values.has(value));
  const endings = instructions.flatMap(({ node, per, operands }, choice) => {
    if (node.kind !== 'apply' || node.operator !== 'select' || per === 'entry') return [];
    const needed = new Set(outputs.flatMap(({ value, infinite = value }) => [value, infinite]));
    for (const value of needed) {
      const taken = value === choice ? operands.slice(0, 2) : instructions[value]!.operands;
      for (const operand of taken) needed.add(operand);
    }
    const last = sweeps.findLastIndex((_, sweep) => reducedIn(sweep, needed));
    return [{ sweep: 1 + last, condition: operands[0]! }];
  });
  return endings.filter(({ sweep }) => sweep < sweeps.length).sort((a, b) => a.sweep - b.sweep)[0];
}

/** What of the inputs a loop goes on with. */
function loopOf({ inputs, outputs, instructions, isStep }: Program): Pick<MachineCode, 'states' | 'overSteps'> {
  const placeOf = (name: string): number => inputs.findIndex((input) => input.name === name);
  const partOf = ({ name, value }: Output, field: number): number[] => [placeOf(name), field, Number(instructions[value]!.type === 'double')];
  const overSteps = inputs.reduce((bits, { isOverSteps }, index) => bits | (isOverSteps ? 1 << index : 0), 0);
  return { states: isStep ? outputs.flatMap(partOf) : [], overSteps };
}

/** f64 has no doubles: a number as a double is the number, unless the result says so. */
function withoutLifts(program: Program): Program {
  const same: number[] = [];
  const instructions = program.instructions.map((instruction, value): Instruction => {
    const { node } = instruction;
    const operands = instruction.operands.map((operand) => same[operand]!);
    same.push(node.kind === 'apply' && (node.operator === 'lift' || node.operator === 'narrow') ? operands[0]! : value);
    return { ...instruction, operands };
  });
  return { ...program, instructions };
}
