/** What checks may cost, by a clock of the test's own. */
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Allowance, checkShare, CheckBudget } from '../../src/engine/check-budget.ts';
import { RowCost } from '../../src/engine/row-cost.ts';
import { seededColumns, seededRows } from '../../src/engine/sampling.ts';
import { divergenceMatrix, klDivergence, nearest, openEngine, type Tensor } from '../../src/index.ts';

/** Time passes only as it is told. */
class Clock {
  now = 0;
  readonly budget: CheckBudget = new CheckBudget(() => this.now);

  async run(milliseconds: number): Promise<void> {
    await this.budget.during(async () => { this.now += milliseconds; });
  }

  /** Checks a result of so many rows, as far as that is allowed. */
  check({ run, rows, cost, preparation = 0, expected = preparation + cost }: Checked): Allowance {
    const allowance = new Allowance(this.budget, run, expected);
    if (!allowance.allowsRow) return allowance;
    this.now += preparation;
    allowance.prepare(preparation);
    do {
      this.now += cost;
      allowance.spend(cost);
    } while (allowance.rows < rows && allowance.allowsRow);
    return allowance;
  }
}

/** Milliseconds, of the run, of a row and of what all rows need, and such as the first row is expected to take. */
interface Checked {
  readonly run: number;
  readonly rows: number;
  readonly cost: number;
  readonly preparation?: number;
  readonly expected?: number;
}

describe('the cost of checks', () => {
  const milliseconds = fc.integer({ min: 0, max: 10_000 });
  const runsOf = (cost: fc.Arbitrary<number>, others: Partial<Record<keyof Checked, fc.Arbitrary<number>>> = {}): fc.Arbitrary<Checked[]> => fc.array(
    fc.record({ run: milliseconds, rows: fc.integer({ min: 1, max: 40 }), cost, preparation: cost, ...others }), { minLength: 1, maxLength: 60 },
  );

  test.each([
    ['rows that are as dear as expected', runsOf(fc.integer({ min: 0, max: 1000 }))],
    ['rows that take up to twice as long', runsOf(fc.constant(20), { expected: fc.integer({ min: 20, max: 60 }) })],
  ])('of all runs is at most 5 %% of them, once they have paid for the first row: %s', (_, runs) => fc.assert(fc.asyncProperty(runs, async (all) => {
    const clock = new Clock();
    let [ran, spent, first] = [0, 0, 0];
    for (const each of all) {
      await clock.run(each.run);
      const allowance = clock.check(each);
      ran += each.run;
      if (spent === 0) first = allowance.first;
      spent += allowance.milliseconds;
      expect(spent).toBeLessThanOrEqual(Math.max(first, checkShare * ran) * (1 + 1e-9) + 1e-9);
    }
    if (ran > 0) expect(clock.budget.share).toBeCloseTo(spent / ran, 9);
  })));

  test('is at most one row more, however dear that is and whatever was expected', () => fc.assert(fc.asyncProperty(runsOf(milliseconds, { expected: milliseconds }), async (all) => {
    const clock = new Clock();
    let [ran, spent, dearest] = [0, 0, 0];
    for (const each of all) {
      await clock.run(each.run);
      const { milliseconds: took, first, rows } = clock.check(each);
      [ran, spent, dearest] = [ran + each.run, spent + took, Math.max(dearest, first)];
      expect(spent).toBeLessThanOrEqual((checkShare * ran + dearest) * (1 + 1e-9) + 1e-9);
      if (rows > 1) expect(took).toBeLessThanOrEqual(checkShare * each.run + first + 1e-9);
    }
  })));

  test('of a first row is advanced while that is little; a dear one waits until runs have paid for it', async () => {
    const [little, dear] = [new Clock(), new Clock()];
    expect(little.check({ run: 0, rows: 9, cost: 50 }).rows).toBe(1);
    expect(little.check({ run: 0, rows: 9, cost: 0.1 }).rows).toBe(0);
    let waited = 0;
    while (dear.check({ run: 100, rows: 9, cost: 51 }).rows === 0) {
      await dear.run(100);
      waited += 100;
    }
    expect(waited).toBe(2300); // 4.5 % of it is twice 51 ms and a little
  });

  test('nears 4.5 %, which leaves room for what takes longer than it should, be rows dear or cheap', async () => {
    const [dear, cheap] = [new Clock(), new Clock()];
    for (let k = 0; k < 8000; k++) {
      await dear.run(1);
      dear.check({ run: 1, rows: 1, cost: 7 });
      await cheap.run(10);
      cheap.check({ run: 10, rows: 1000, cost: 0.003 });
    }
    for (const { budget: { share } } of [dear, cheap]) {
      expect(share).toBeGreaterThan(0.04);
      expect(share).toBeLessThanOrEqual(0.045 + 1e-9);
    }
  });

  test('is paid by runs under way at a time only once, and not by what they do meanwhile', async () => {
    const clock = new Clock();
    let end: () => void = () => undefined;
    const long = clock.budget.during(() => new Promise<void>((resolve) => { end = resolve; }));
    await clock.run(40);
    clock.now += 60;
    expect(clock.budget.balance).toBeCloseTo(4.5);
    clock.now += 20;
    clock.budget.spend(20);
    expect(clock.budget.balance).toBeCloseTo(4.5 - 20);
    end();
    await long;
    clock.now += 1000;
    expect(clock.budget.balance).toBeCloseTo(4.5 - 20);
    expect(clock.budget.share).toBeCloseTo(0.2);
  });

  test('of a check of all rows is not bounded', async () => {
    const clock = new Clock();
    const allowance = new Allowance(clock.budget, 1, undefined);
    allowance.spend(100);
    expect([allowance.allowsRow, allowance.share]).toEqual([true, 100]);
  });
});

describe('rows chosen by a seed', () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  test('are all rows, each once', () => fc.assert(fc.property(fc.integer({ min: 0, max: 500 }), seeds, (rows, seed) => {
    expect([...seededRows(rows, seed)].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
  })));

  test('are the same for a seed, and others for the next', () => fc.assert(fc.property(seeds, (seed) => {
    const first = (of: number): number[] => [...seededRows(1e5, of)].slice(0, 3);
    expect(first(seed)).toEqual(first(seed));
    expect(first(seed)).not.toEqual(first(seed + 1));
  }), { numRuns: 5 }));

  test('lie spread over all of them', () => {
    const first = [...seededRows(1000, 3)].slice(0, 10);
    expect(new Set(first.map((row) => Math.floor(row / 250))).size).toBe(4);
    const starts = new Set(Array.from({ length: 400 }, (_, seed) => Math.floor([...seededRows(10, seed)][0]!)));
    expect(starts.size).toBe(10);
  });
});

async function pairs(rows: number, columns: number, outcomes: number): Promise<{ readonly matrix: Tensor; readonly others: readonly Tensor[] }> {
  const engine = await openEngine({ backend: 'reference' });
  onTestFinished(() => engine.dispose());
  const [p, q] = [rows, columns].map((count) => engine.rows(new Float32Array(count * outcomes).fill(1), { outcomes, form: 'weights' })) as [Tensor, Tensor];
  return { matrix: divergenceMatrix(p, q, { divergence: klDivergence }), others: [klDivergence(p, p), nearest(p, q, { k: 1, divergence: klDivergence })] };
}

test('of rows of many pairs a seed chooses columns too, of others none', async () => {
  const { matrix, others } = await pairs(500, 500, 256);
  const columns = seededColumns(matrix, 3)!;
  expect([columns.length, new Set(columns).size]).toEqual([16, 16]);
  for (const column of columns) expect(column).toBe(Math.trunc(column) % 500);
  expect(seededColumns(matrix, 3)).toEqual(columns);
  expect(seededColumns(matrix, 4)).not.toEqual(columns);
  const distances = new Set(Array.from({ length: 100 }, (_, seed) => (500 + seededColumns(matrix, seed)![0]! - seededRows(500, seed).next().value!) % 500));
  expect(distances.size).toBeGreaterThan(50); // so that in time all pairs are looked at, not some diagonals
  for (const other of others) expect(seededColumns(other, 3)).toBeUndefined();
  const few = await pairs(9, 16, 256);
  expect(seededColumns(few.matrix, 3)).toBeUndefined();
});

test('what a row takes is expected by its work and by earlier checks', async () => {
  const { matrix, others: [divergence] } = await pairs(8, 1000, 64);
  const rowCost = new RowCost();
  const [narrow, wide] = [rowCost.expected(matrix, 10), rowCost.expected(matrix, 1000)];
  expect(narrow).toBeGreaterThan(0);
  expect(wide).toBeCloseTo(100 * narrow, 9);
  expect(rowCost.expected(divergence!, 1)).toBeCloseTo(narrow / 10, 9);
  rowCost.learn(matrix, 10, 8);
  expect(rowCost.expected(matrix, 1000)).toBeCloseTo(800, 9);
  expect(rowCost.expected(divergence!, 1)).toBeCloseTo(narrow / 10, 9);
  rowCost.learn(matrix, 10, 1); // perhaps with other parameters
  expect(rowCost.expected(matrix, 10)).toBeCloseTo(4, 9);
  rowCost.learn(matrix, 10, 6);
  expect(rowCost.expected(matrix, 10)).toBeCloseTo(6, 9);
});
