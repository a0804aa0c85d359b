/** What checks may cost, by a clock of the test's own. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Allowance, checkShare, Credit } from '../../src/engine/credit.ts';
import { seededRows } from '../../src/engine/sampling.ts';

/** Time passes only as it is told. */
class Clock {
  now = 0;
  readonly credit: Credit = new Credit(() => this.now);

  async run(milliseconds: number): Promise<void> {
    await this.credit.during(async () => { this.now += milliseconds; });
  }

  /** Checks a result of so many rows, as far as that is allowed. */
  check(run: number, rows: number, cost: () => number, preparation = 0): Allowance {
    const allowance = new Allowance(this.credit, run);
    if (!allowance.allowsRow) return allowance;
    this.now += preparation;
    allowance.prepare(preparation);
    do {
      const milliseconds = cost();
      this.now += milliseconds;
      allowance.spend(milliseconds);
    } while (allowance.rows < rows && allowance.allowsRow);
    return allowance;
  }
}

describe('the cost of checks', () => {
  const milliseconds = fc.integer({ min: 0, max: 10_000 });
  const runs = fc.array(fc.record({ run: milliseconds, rows: fc.integer({ min: 1, max: 40 }), cost: milliseconds, preparation: milliseconds }), { minLength: 1, maxLength: 60 });

  test('of all runs is at most 5 % of them and one row', () => fc.assert(fc.asyncProperty(runs, async (all) => {
    const clock = new Clock();
    let [ran, spent, dearest] = [0, 0, 0];
    for (const [index, { run, rows, cost, preparation }] of all.entries()) {
      await clock.run(run);
      const allowance = clock.check(run, rows, () => cost, preparation);
      ran += run;
      spent += allowance.milliseconds;
      if (allowance.rows > 0) dearest = Math.max(dearest, preparation + cost);
      if (index === 0) expect(allowance.rows).toBeGreaterThan(0);
      expect(spent).toBeLessThanOrEqual((checkShare * ran + dearest) * (1 + 1e-9) + 1e-9);
      if (allowance.rows > 1) expect(allowance.milliseconds).toBeLessThanOrEqual(checkShare * run + preparation + cost + 1e-9);
    }
    if (ran > 0) expect(clock.credit.share).toBeCloseTo(spent / ran, 9);
  })));

  test('nears 5 % where rows are dear, and stays below where they are cheap', async () => {
    const [dear, cheap] = [new Clock(), new Clock()];
    for (let k = 0; k < 2000; k++) {
      await dear.run(1);
      dear.check(1, 1, () => 7);
      await cheap.run(10);
      cheap.check(10, 1000, () => 0.003);
    }
    expect(dear.credit.share).toBeGreaterThan(0.049);
    expect(dear.credit.share).toBeLessThan(0.054); // one row more than 5 %
    expect(cheap.credit.share).toBeGreaterThan(0.045);
    expect(cheap.credit.share).toBeLessThanOrEqual(0.05);
  });

  test('is paid by runs under way at a time only once, and not by what they do meanwhile', async () => {
    const clock = new Clock();
    let end: () => void = () => undefined;
    const long = clock.credit.during(() => new Promise<void>((resolve) => { end = resolve; }));
    await clock.run(40);
    clock.now += 60;
    expect(clock.credit.balance).toBeCloseTo(5);
    clock.now += 20;
    clock.credit.spend(20);
    expect(clock.credit.balance).toBeCloseTo(5 - 20);
    end();
    await long;
    clock.now += 1000;
    expect(clock.credit.balance).toBeCloseTo(5 - 20);
    expect(clock.credit.share).toBeCloseTo(0.2);
  });

  test('of a check of all rows is not bounded', async () => {
    const clock = new Clock();
    const allowance = new Allowance(clock.credit, 1, true);
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
