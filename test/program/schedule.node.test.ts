import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish, type Operand } from '../../src/engine/operation.ts';
import { sumOf } from '../../src/math/sum.ts';
import { Interpreter } from '../../src/program/interpret.ts';
import { operators } from '../../src/program/operators.ts';
import { fieldsOf, scheduleOf, type Instruction, type Program } from '../../src/program/program.ts';
import { cooked, inputs, recipes, traced } from './recipes.ts';

const isReduction = ({ node }: Instruction): boolean => node.kind === 'reduce';

test('each reduction is made in the first sweep that can, and sweeps compute what they need and no more', () => {
  fc.assert(fc.property(recipes, fc.boolean(), (recipe, isStep) => {
    const program = { ...traced((values, numbers) => cooked(recipe, values, numbers)), isStep };
    const { instructions, outputs } = program;
    const { sweeps, rowValues } = scheduleOf(program);
    const isEntry = (value: number): boolean => instructions[value]!.per === 'entry';
    const depths: number[] = []; // reductions on the longest way to a value
    for (const of of instructions) {
      depths.push(Math.max(0, ...of.operands.map((operand) => depths[operand]!)) + Number(isReduction(of)));
    }
    const known = new Set<number>(); // numbers of the row
    const compute = (values: readonly number[], entries: Set<number>): void => {
      for (const value of values) {
        const { node, operands } = instructions[value]!;
        const needed = node.kind === 'at' ? operands.slice(1) : operands;
        expect(needed.every((operand) => (isEntry(operand) ? entries : known).has(operand))).toBe(true);
        (isEntry(value) ? entries : known).add(value);
      }
    };
    sweeps.forEach((sweep, level) => {
      const entries = new Set<number>();
      compute(sweep.rowValues, entries);
      compute(sweep.entryValues, entries);
      compute(sweep.reductions, entries);
      expect(sweep.reductions.every((value) => depths[value] === level + 1)).toBe(true);
      const users = [...sweep.reductions, ...sweep.entryValues].flatMap((value) => instructions[value]!.operands);
      const used = new Set([...users, ...sweep.outputs.map(({ value }) => value)]);
      expect(sweep.entryValues.every((value) => used.has(value))).toBe(true);
      expect(sweep.outputs.every(({ value }) => entries.has(value))).toBe(true);
    });
    compute(rowValues, new Set());
    expect([...instructions.keys()].every((value) => isEntry(value) || known.has(value))).toBe(true);
    expect(sweeps.at(-1)!.outputs).toEqual(outputs.filter(({ value }) => isEntry(value)));
  }));
});

const reduced = {
  sum: sumOf,
  max: (of: readonly number[]) => Math.max(...of),
  argmax: (of: readonly number[]) => of.indexOf(Math.max(...of)),
};

/** A program value by value, each for the whole row at once. */
function evaluated({ instructions, outputs }: Program, rows: Rows, n: number, width: number): number[] {
  const all: number[][] = [];
  const valueOf = ({ node, operands, per }: Instruction, k: number): number => {
    const [x, y, z] = operands.map((operand) => all[operand]!);
    const at = (of: readonly number[] | undefined): number => of?.[of.length === 1 ? 0 : k] ?? 0;
    switch (node.kind) {
      case 'constant': return node.value;
      case 'number': return n;
      case 'argument': return rows[node.name as keyof Rows][per === 'row' ? 0 : k] ?? 0;
      case 'index': return k;
      case 'outcomes': return width;
      case 'apply': return operators[node.operator].evaluate(at(x), at(y), at(z));
      case 'reduce': return reduced[node.reduction](x!);
      case 'at': return x![y![0]!] ?? 0;
      case 'step': case 'infinite': throw new TypeError(node.kind);
    }
  };
  for (const instruction of instructions) {
    all.push(Array.from({ length: instruction.per === 'row' ? 1 : width }, (_, k) => valueOf(instruction, k)));
  }
  return outputs.flatMap(({ value }) => all[value]!);
}

type Rows = Readonly<Record<'x' | 'y' | 'r', readonly number[]>>;

/** Which of two zeros is the greatest is open. */
const unsigned = (x: number): number => x + 0;

test('the interpreter gives what comes of one value after the other, whatever the width', () => {
  const widths = fc.oneof(fc.integer({ min: 2, max: 9 }), fc.constantFrom(511, 512, 513, 1100));
  fc.assert(fc.property(recipes, widths, fc.nat(1100), fc.integer({ min: -3, max: 3 }), (recipe, width, less, n) => {
    const program = traced((values, numbers) => cooked(recipe, values, numbers));
    const rows: Rows = {
      x: Array.from({ length: width }, (_, k) => ((k * 37) % 19) / 7 - 1),
      y: Array.from({ length: Math.max(1, width - less) }, (_, k) => ((k * 11) % 23) / 9), // zeros follow
      r: [1.5],
    };
    const fields = fieldsOf(program, width);
    const out = new Float64Array(fields.reduce((sum, field) => sum + field.width, 0));
    const operands = inputs.map(({ name }): Operand =>
      ({ form: 'values', rows: 1, width, row: () => rows[name as keyof Rows] }));
    finish(new Interpreter({ program, outcomes: width, fields, numbers: { n } }).run(operands, 0, out));
    expect([...out].map(unsigned)).toEqual(evaluated(program, rows, n, width).map(unsigned));
  }));
});
