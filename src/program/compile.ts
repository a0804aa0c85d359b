import { keepingOf, type Keeping } from './keep.ts';
import { allocateRegisters, type MachineCode, type MachineInstruction, type MachineOperation, type Place } from './machine-code.ts';
import type { Operator } from './operators.ts';
import { scheduleOf, type Instruction, type Output, type Program, type Schedule } from './program.ts';

/** Constants before those of the fields: the entry at hand, outcomes, the length of a stretch, whether it goes across rows, the step, and how many. */
const fixedNumbers = 6;

/** Translates a program into code of the vector machine. */
export function compile(program: Program): MachineCode {
  return new Compiler(program).code();
}

type Make = (operation: MachineOperation, ...operands: (Place | number)[]) => Place;

/** A product, of which the first factor is a value of entries. */
interface Product {
  readonly of: number;
  readonly by: () => Place;
  /** Whether the second factor is a number of the row. */
  readonly isByRow: boolean;
}

/** Divided by their operand they are what the machine has not. */
const perUnit: Partial<Readonly<Record<Operator, MachineOperation>>> = { exprel: 'expm1', log1prel: 'log1p', sinc: 'sin' };

class Compiler {
  readonly #program: Program;
  readonly #schedule: Schedule;
  readonly #keeping: Keeping;
  readonly #literals: number[] = [];
  readonly #sections: MachineInstruction[][] = [];
  /** Where numbers of the row are, also such as the inverse of one. */
  readonly #rows = new Map<number | string, Place>();
  readonly #kept = new Map<number, Place>();
  /** Where the values of entries are in the sweep at hand, and how often it uses them. */
  #entries = new Map<number, Place>();
  #uses: ReadonlyMap<number, number> = new Map();
  #rowNumbers = 0;

  constructor(program: Program) {
    this.#program = withoutLifts(program);
    this.#schedule = scheduleOf(this.#program);
    this.#keeping = keepingOf(this.#program, this.#schedule);
  }

  code(): MachineCode {
    let registers = 0;
    for (const [index, sweep] of this.#schedule.sweeps.entries()) {
      this.#begin(sweep.rowValues);
      this.#sections.push([]);
      this.#entries = new Map(this.#kept);
      this.#uses = this.#keeping.uses[index]!;
      for (const value of sweep.reductions) this.#reduce(value);
      for (const output of sweep.outputs) this.#store(output);
      registers = Math.max(registers, allocateRegisters(this.#section));
    }
    this.#begin(this.#schedule.rowValues);
    for (const output of this.#program.outputs) if (!this.#isEntry(output.value)) this.#store(output);
    return { literals: this.#literals, rowNumbers: this.#rowNumbers, registers, kept: this.#kept.size, sections: this.#sections, ...loopOf(this.#program) };
  }

  /** Numbers of the row between two sweeps. */
  #begin(values: readonly number[]): void {
    this.#sections.push([]);
    for (const value of values) this.#rows.set(value, this.#value(value, this.#section, this.#newRow));
  }

  get #section(): MachineInstruction[] {
    return this.#sections.at(-1)!;
  }

  /** What is done before the sweep at hand. */
  get #before(): MachineInstruction[] {
    return this.#sections.at(-2)!;
  }

  readonly #newRow = (): Place => ({ kind: 'row', index: this.#rowNumbers++ });

  #isEntry(value: number): boolean {
    return this.#program.instructions[value]!.per === 'entry';
  }

  #literal(value: number): Place {
    const found = this.#literals.findIndex((literal) => Object.is(literal, value));
    const { outputs, numbers } = this.#program;
    return { kind: 'constant', index: fixedNumbers + 2 * outputs.length + numbers.length + (found >= 0 ? found : this.#literals.push(value) - 1) };
  }

  /** Where a value is; that of an entry is computed at its first use. */
  #place(value: number): Place {
    if (!this.#isEntry(value)) return this.#rows.get(value)!;
    if (!this.#entries.has(value)) {
      const isKept = this.#keeping.kept.has(value);
      const place = this.#value(value, this.#section, () => (isKept ? { kind: 'kept', index: this.#kept.size } : newRegister()));
      this.#entries.set(value, place);
      if (isKept) this.#kept.set(value, place);
    }
    return this.#entries.get(value)!;
  }

  /** Computes a value, at a place that is asked for when its operands have theirs. */
  #value(value: number, section: MachineInstruction[], result: () => Place): Place {
    const { instructions, outputs, numbers } = this.#program;
    const { node, operands, per } = instructions[value]!;
    const make = makerIn(section, result);
    switch (node.kind) {
      case 'constant': return this.#literal(node.value);
      case 'number': return { kind: 'constant', index: fixedNumbers + 2 * outputs.length + numbers.indexOf(node.name) };
      case 'outcomes': return { kind: 'constant', index: 1 };
      case 'step': return { kind: 'constant', index: 4 };
      case 'index': return make('index');
      case 'argument': return per === 'row' ? make(`at${this.#kindOf(value)}`, this.#inputOf(value), this.#literal(0)) : this.#load(make, value);
      case 'at': return make(`at${this.#kindOf(operands[0]!)}`, this.#inputOf(operands[0]!), this.#place(operands[1]!));
      case 'apply': {
        const operation = perUnit[node.operator];
        if (!operation) return this.#apply(node.operator, value, operands, make);
        const whole = makerIn(section, per === 'row' ? this.#newRow : newRegister)(operation, this.#place(operands[0]!), this.#literal(1));
        return make('perUnit', whole, this.#place(operands[0]!));
      }
      case 'reduce': case 'infinite': throw new TypeError(`A ${node.kind} is computed elsewhere`);
    }
  }

  #apply(operator: Operator, value: number, operands: readonly number[], make: Make): Place {
    const [x, y] = [operands[0]!, operands[1]!];
    const places = (): Place[] => operands.map((operand) => this.#place(operand));
    if (operator === 'lift' || operator === 'narrow') return this.#place(x);
    if (operator === 'negate') return make('subtract', this.#literal(0), this.#place(x));
    if (operator === 'log' || operator === 'logDouble') return make('logRatio', this.#place(x), this.#literal(1));
    if (operator === 'exp' || operator === 'expm1' || operator === 'log1p') return make(operator, this.#place(x), this.#literal(1));
    if (operator === 'add') return this.#sum(x, y, () => this.#place(y), make) ?? this.#sum(y, x, () => this.#place(x), make) ?? make('add', ...places());
    if (operator === 'subtract') {
      const isLessRow = this.#isEntry(x) && !this.#isEntry(y);
      if (isLessRow) return this.#sum(x, y, () => this.#negated(y), make) ?? make('add', this.#place(x), this.#negated(y));
      const product = this.#isSingle(y) && this.#product(y);
      return product ? make('multiplySubtract', this.#place(product.of), product.by(), this.#place(x)) : make('subtract', ...places());
    }
    const product = this.#product(value);
    if (product?.isByRow && this.#isSingle(product.of, 'argument')) return this.#load(make, product.of, product.by());
    if (product) return make('multiply', this.#place(product.of), product.by());
    return make(operator as MachineOperation, ...places());
  }

  /** x + y in one instruction, if x is a product, or an input that nothing else here uses and y a number of the row. */
  #sum(x: number, y: number, added: () => Place, make: Make): Place | undefined {
    const isRow = !this.#isEntry(y);
    if (isRow && this.#isSingle(x, 'argument')) return this.#load(make, x, this.#literal(1), added());
    const product = this.#isSingle(x) && this.#product(x);
    if (!product) return undefined;
    if (isRow && product.isByRow && this.#isSingle(product.of, 'argument')) return this.#load(make, product.of, product.by(), added());
    return make('multiplyAdd', this.#place(product.of), product.by(), added());
  }

  /** Whether a value of entries is for one use in this sweep alone, so that it may be a part of that. */
  #isSingle(value: number, kind: 'apply' | 'argument' = 'apply'): boolean {
    return this.#program.instructions[value]!.node.kind === kind && this.#uses.get(value) === 1 && !this.#keeping.kept.has(value);
  }

  #product(value: number): Product | undefined {
    const { node, operands: [x = 0, y = 0] } = this.#program.instructions[value]!;
    if (node.kind !== 'apply' || !this.#isEntry(value)) return undefined;
    const [of, other] = this.#isEntry(x) ? [x, y] : [y, x];
    const isByRow = !this.#isEntry(other);
    if (node.operator === 'multiply') return { of, by: () => this.#place(other), isByRow };
    return node.operator === 'divide' && of === x && isByRow ? { of, by: () => this.#inverse(other), isByRow } : undefined;
  }

  #negated(value: number): Place {
    return this.#ofRow(value, 'subtract', 0, (x) => -x);
  }

  #inverse(value: number): Place {
    return this.#ofRow(value, 'divide', 1, (x) => (x === 0 ? 0 : 1 / x));
  }

  /** 0 − x or 1/x of a number of the row, computed once. */
  #ofRow(value: number, operation: 'subtract' | 'divide', from: number, evaluate: (x: number) => number): Place {
    const { node } = this.#program.instructions[value]!;
    if (node.kind === 'constant') return this.#literal(evaluate(node.value));
    const key = `${operation} ${value}`;
    if (!this.#rows.has(key)) this.#rows.set(key, makerIn(this.#before, this.#newRow)(operation, this.#literal(from), this.#place(value)));
    return this.#rows.get(key)!;
  }

  #reduce(value: number): void {
    const { node, operands } = this.#program.instructions[value]!;
    if (node.kind !== 'reduce') return;
    const start = (x: number): Place => makerIn(this.#before, this.#newRow)('add', this.#literal(x), this.#literal(0));
    const result = start(node.reduction === 'max' ? -Infinity : 0);
    const of = operands[0]!;
    const make = makerIn(this.#section, () => result);
    const product = this.#isSingle(of) && this.#product(of);
    if (node.reduction === 'argmax') make('argmax', this.#place(of), start(-Infinity));
    else if (node.reduction === 'max') make('max', this.#place(of));
    else if (product) make('sum', this.#place(product.of), product.by());
    else make('sum', this.#place(of), this.#literal(1));
    this.#rows.set(value, result);
  }

  #store(output: Output): void {
    const { outputs } = this.#program;
    const field: Place = { kind: 'constant', index: fixedNumbers + 2 * outputs.indexOf(output) };
    const { value, infinite } = output;
    const make = makerIn(this.#section, () => field);
    const operation = this.#program.instructions[value]!.type === 'double' ? 'storeDouble' : 'store';
    const product = infinite === undefined && this.#isSingle(value) && this.#product(value);
    if (product && product.isByRow) {
      make(operation, this.#place(product.of), product.by());
      return;
    }
    const place = this.#place(value);
    const isEntry = this.#isEntry(value);
    make(operation, infinite === undefined ? place : makerIn(this.#section, isEntry ? newRegister : this.#newRow)('infinite', place, this.#place(infinite)), this.#literal(1));
  }

  #inputOf(argument: number): number {
    const { node } = this.#program.instructions[argument]!;
    return this.#program.inputs.findIndex(({ name }) => node.kind === 'argument' && name === node.name);
  }

  #kindOf(argument: number): '' | 'Weight' | 'Double' {
    const { isWeights, type } = this.#program.inputs[this.#inputOf(argument)]!;
    return isWeights ? 'Weight' : type === 'double' ? 'Double' : '';
  }

  /** The entries of an input, scaled and shifted. */
  #load(make: Make, argument: number, scale = this.#literal(1), offset = this.#literal(0)): Place {
    return make(`load${this.#kindOf(argument)}`, this.#inputOf(argument), scale, offset);
  }
}

function newRegister(): Place {
  return { kind: 'register', index: 0 };
}

function makerIn(section: MachineInstruction[], result: () => Place): Make {
  return (operation, ...operands) => {
    const place = result();
    section.push({ operation, result: place, operands });
    return place;
  };
}

/** What of the inputs a loop goes on with. */
function loopOf({ inputs, outputs, instructions, isStep }: Program): Pick<MachineCode, 'states' | 'overSteps'> {
  const placeOf = (name: string): number => inputs.findIndex((input) => input.name === name);
  const states = isStep ? outputs.flatMap(({ name, value }, field) => [placeOf(name), field, Number(instructions[value]!.type === 'double')]) : [];
  return { states, overSteps: inputs.reduce((bits, { isOverSteps }, index) => bits | (isOverSteps ? 1 << index : 0), 0) };
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
