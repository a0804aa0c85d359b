import type { Operator } from './operators.ts';
import type { Program, Schedule } from './program.ts';

/** What operators cost, in units of an addition. */
const costs: Partial<Readonly<Record<Operator, number>>> = {
  divide: 2, sqrt: 3, exp: 8, expm1: 8, log: 8, log1p: 8, exprel: 10, log1prel: 10, logRatio: 8, logDouble: 8, weigh: 8, sin: 12, cos: 12, sinc: 14, asin: 50,
  digamma: 50,
};
/** What costs more to compute again is kept. */
const costOfKeeping = 5;

export interface Keeping {
  /** Values of entries that sweeps find computed by a sweep before, in the order in which they are found to be needed. */
  readonly kept: ReadonlySet<number>;
  /** How often each sweep uses the values of entries that it needs. */
  readonly uses: readonly ReadonlyMap<number, number>[];
}

/** Decides which values of entries a later sweep finds in memory, and which it computes again. */
export function keepingOf({ instructions }: Program, { sweeps }: Schedule): Keeping {
  const kept = new Set<number>();
  const computed = new Set<number>();
  const isEntry = (value: number): boolean => instructions[value]!.per === 'entry';
  const priceAgain = (): number[] => {
    const prices: number[] = [];
    for (const [value, { node, operands, per }] of instructions.entries()) {
      const own = node.kind === 'apply' ? costs[node.operator] ?? 1 : 1;
      prices.push(per === 'row' ? 0 : kept.has(value) ? 1 : operands.reduce((sum, operand) => sum + prices[operand]!, own));
    }
    return prices;
  };
  const uses = sweeps.map(({ reductions, outputs }) => {
    const counts = new Map<number, number>();
    const prices = priceAgain();
    const use = (value: number): void => {
      if (!isEntry(value)) return;
      counts.set(value, (counts.get(value) ?? 0) + 1);
      if (counts.get(value)! > 1) return;
      if (computed.has(value) && prices[value]! > costOfKeeping) kept.add(value);
      if (!computed.has(value) || !kept.has(value)) instructions[value]!.operands.forEach(use);
    };
    for (const value of reductions) use(instructions[value]!.operands[0]!);
    for (const { value, infinite = value } of outputs) new Set([value, infinite]).forEach(use);
    for (const value of counts.keys()) computed.add(value);
    return counts;
  });
  return { kept, uses };
}
