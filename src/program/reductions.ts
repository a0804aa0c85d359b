import type { Expressions } from './expressions.ts';
import type { Program } from './program.ts';
import { argmaxPieces, doublePieces } from './wgsl-operators.ts';

/** WGSL of what the lanes of a row sum up or compare: before the entries, at each of them, and after. */
export interface Reduction {
  readonly declared: string;
  readonly updated: string;
  readonly joined: readonly string[];
}

/** Of doubles, and of what is compared like them: how a lane starts, takes an entry, and joins. */
const ofDoubles = {
  sum: { start: 'DoubleSingle()', take: 'plus', more: [], join: 'sum_of_doubles', pieces: doublePieces },
  max: { start: 'lowest_double()', take: 'greater_of', more: [], join: 'max_of_doubles', pieces: doublePieces },
  argmax: { start: 'best_of_none(local)', take: 'better_of', more: ['k'], join: 'argmax_of', pieces: argmaxPieces },
} as const;

/** The reductions of one sweep; sums of f32 are joined four at a time. */
export function reductionsOf(program: Program, expressions: Expressions, values: readonly number[]): Reduction[] {
  const kindOf = (value: number): string => {
    const { node, type } = program.instructions[value]!;
    return node.kind === 'reduce' && type === 'single' ? node.reduction : 'double';
  };
  const operandOf = (value: number): number => program.instructions[value]!.operands[0]!;
  const define = (value: number, text: string): string => `let ${expressions.nameOf(value)!} = ${text};`;

  const sums = (four: readonly number[]): Reduction => {
    const totals = `totals${four[0]!}`;
    const parts = (part: string): string => {
      const own = four.map((value) => `sum${value}.${part}`);
      return `vec4(${[...own, '0.0', '0.0', '0.0'].slice(0, 4).join(', ')})`;
    };
    const taken = (value: number): string => `summed(sum${value}, ${expressions.as('single', operandOf(value))})`;
    return {
      declared: four.map((value) => `var sum${value} = vec2(0.0);`).join(' '),
      updated: four.map((value) => `sum${value} = ${taken(value)};`).join(' '),
      joined: [
        `let ${totals} = sum_over_lanes(total_of(Accumulator(${parts('x')}, ${parts('y')})), local);`,
        ...four.map((value, index) => define(value, `${totals}.${'xyzw'[index]!}`)),
      ],
    };
  };
  const maximum = (value: number): Reduction => ({
    declared: `var max${value} = LOWEST;`,
    updated: `max${value} = max(max${value}, ${expressions.as('single', operandOf(value))});`,
    joined: [define(value, `max_over_lanes(vec4(max${value}), local).x`)],
  });
  const other = (value: number): Reduction => {
    const { node } = program.instructions[value]!;
    if (node.kind !== 'reduce') throw new TypeError(`A ${node.kind} reduces nothing`);
    const { start, take, more, join, pieces } = ofDoubles[node.reduction];
    expressions.join(pieces);
    const own = `${node.reduction}${value}`;
    return {
      declared: `var ${own} = ${start};`,
      updated: `${own} = ${take}(${[own, expressions.as('double', operandOf(value)), ...more].join(', ')});`,
      joined: [define(value, `${join}(${own}, local)`)],
    };
  };
  const plain = values.filter((value) => kindOf(value) === 'sum');
  const fours = plain.flatMap((_, index) => (index % 4 === 0 ? [plain.slice(index, index + 4)] : []));
  const rest = values.filter((value) => kindOf(value) !== 'sum');
  return [...fours.map(sums), ...rest.map((value) => (kindOf(value) === 'max' ? maximum(value) : other(value)))];
}
