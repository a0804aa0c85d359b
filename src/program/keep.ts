import { operators } from './operators.ts';
import { wantedIn, type Program, type Schedule } from './program.ts';

/** What costs more to compute again is kept. */
const costOfKeeping = 5;

export interface Keeping {
  /** Values of entries that a sweep leaves in memory for later ones. */
  readonly kept: ReadonlySet<number>;
  /** How often each sweep uses the values of entries that it needs. */
  readonly uses: readonly ReadonlyMap<number, number>[];
}

/** Decides which values of entries a later sweep finds in memory, and which it computes again. */
export function keepingOf(program: Program, { sweeps }: Schedule): Keeping {
  const { instructions } = program;
  const kept = new Set<number>();
  const computed = new Set<number>();
  const isEntry = (value: number): boolean => instructions[value]!.per === 'entry';
  const pricesNow = (): number[] => {
    const prices: number[] = [];
    instructions.forEach(({ node, operands, per }, value) => {
      const own = node.kind === 'apply' ? operators[node.operator].cost ?? 1 : 1;
      const whole = kept.has(value) ? 1 : operands.reduce((sum, operand) => sum + prices[operand]!, own);
      prices.push(per === 'row' ? 0 : whole);
    });
    return prices;
  };
  const uses = sweeps.map((sweep) => {
    const counts = new Map<number, number>();
    const prices = pricesNow();
    const use = (value: number): void => {
      if (!isEntry(value)) return;
      counts.set(value, (counts.get(value) ?? 0) + 1);
      if (counts.get(value)! > 1) return;
      if (computed.has(value) && prices[value]! > costOfKeeping) kept.add(value);
      if (!computed.has(value) || !kept.has(value)) instructions[value]!.operands.forEach(use);
    };
    wantedIn(program, sweep).forEach(use);
    for (const value of counts.keys()) computed.add(value);
    return counts;
  });
  return { kept, uses };
}
