/** Operations of the vector machine in assembly/program, in its order. */
const operations = [
  'add', 'subtract', 'multiply', 'divide', 'absolute', 'minimum', 'maximum', 'floor', 'less', 'lessOrEqual', 'equal',
  'and', 'or', 'not', 'select', 'sqrt', 'binade', 'exprel2', 'multiplyAdd', 'multiplySubtract', 'perUnit', 'infinite', 'size', 'exp',
  'expm1', 'weigh', 'log', 'sin', 'cos', 'asin', 'digamma', 'settle', 'mass', 'index', 'load', 'loadWeight', 'loadDouble',
  'at', 'atWeight', 'atDouble', 'store', 'storeDouble', 'sum', 'max', 'argmax',
] as const;

export type MachineOperation = (typeof operations)[number];

const kinds = ['constant', 'row', 'register', 'kept'] as const;

/**
 * Where a value lies: among the constants of a call, the numbers of a row, the registers for a stretch of entries, or
 * the entries that are kept for all of a row.
 */
export interface Place {
  readonly kind: (typeof kinds)[number];
  /** Of registers it is known when all instructions of a section are there. */
  index: number;
}

export interface MachineInstruction {
  readonly operation: MachineOperation;
  /** The place of the field, where one stores. */
  readonly result: Place;
  /** Three at most; a number stands for an input. */
  readonly operands: readonly (Place | number)[];
}

export type Section = readonly MachineInstruction[];

export interface MachineCode {
  readonly literals: readonly number[];
  readonly rowNumbers: number;
  readonly registers: number;
  readonly kept: number;
  /** Of a loop: the input, the field and the bits of a double of each part of its state. */
  readonly states: readonly number[];
  /** The inputs that have a row for each step, as bits. */
  readonly overSteps: number;
  /** By turns for once a row and for all its entries. */
  readonly sections: readonly Section[];
}

/** Gives the registers of a section their indexes: one is free again after its last use. Says how many there are. */
export function allocateRegisters(section: Section): number {
  const last = new Map<Place | number, number>();
  section.forEach(({ operands }, at) => operands.forEach((operand) => last.set(operand, at)));
  const free: number[] = [];
  let registers = 0;
  section.forEach(({ result, operands }, at) => {
    for (const operand of new Set(operands)) {
      if (typeof operand === 'number' || operand.kind !== 'register') continue;
      if (last.get(operand) === at) free.push(operand.index);
    }
    if (result.kind === 'register') result.index = free.pop() ?? registers++;
  });
  return registers;
}

/** The code as the machine reads it: a header, the literals in f64, the state, and the bytes and instructions of each section. */
export function wordsOf(code: MachineCode, inputs: number, numbers: number): Uint32Array<ArrayBuffer> {
  const { literals, rowNumbers, registers, states, overSteps, sections } = code;
  const wordOf = (operand: Place | number): number =>
    typeof operand === 'number' ? operand : (operand.index << 2) | kinds.indexOf(operand.kind);
  const wordsOfInstruction = ({ operation, result, operands: [x = 0, y = 0, z = 0] }: MachineInstruction): number[] =>
    [operations.indexOf(operation), ...[result, x, y, z].map(wordOf)];
  const header = [inputs, numbers, literals.length, rowNumbers, registers, sections.length, states.length / 3, overSteps];
  const instructions = sections.flatMap((section) => [20 * section.length, ...section.flatMap(wordsOfInstruction)]);
  return Uint32Array.of(...header, ...new Uint32Array(Float64Array.from(literals).buffer), ...states, ...instructions);
}
