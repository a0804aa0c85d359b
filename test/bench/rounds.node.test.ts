import { describe, expect, it } from 'vitest';
import { interleave, sampleOf, Subject } from '../../bench/rounds.ts';

describe('sampleOf', () => {
  it('gives the fastest and the middle of an odd number of rounds', () => {
    expect(sampleOf([10, 9, 100])).toEqual({ minimum: 9, median: 10, rounds: 3 });
  });

  it('takes the mean of the two in the middle of an even number', () => {
    expect(sampleOf([4, 1, 3, 100])).toEqual({ minimum: 1, median: 3.5, rounds: 4 });
  });

  it('refuses to speak of no round', () => {
    expect(() => sampleOf([])).toThrow(RangeError);
  });
});

describe('interleave', () => {
  it('runs the subjects in turn, and does not count the warm-up', async () => {
    const order: string[] = [];
    const subject = (name: string, times: number[]): Subject =>
      new Subject(async () => {
        order.push(name);
        return times.shift()!;
      });
    const [a, b] = [subject('a', [50, 3, 1, 2]), subject('b', [70, 6, 5, 9])];
    await interleave([a, b], { rounds: 3, budget: 1000 });
    expect(order.join('')).toBe('abababab');
    expect(a.sample).toEqual({ minimum: 1, median: 2, rounds: 3 });
    expect(b.sample).toEqual({ minimum: 5, median: 6, rounds: 3 });
  });

  it('spares a slow subject further rounds, but never the first', async () => {
    const slow = new Subject(async () => 60);
    const fast = new Subject(async () => 1);
    await interleave([slow, fast], { rounds: 5, budget: 100 });
    expect([slow.sample.rounds, fast.sample.rounds]).toEqual([2, 5]);
    const times = [9, 200, 1];
    const slowest = new Subject(async () => times.shift()!);
    await interleave([slowest], { rounds: 5, budget: 100 });
    expect(slowest.sample).toEqual({ minimum: 200, median: 200, rounds: 1 });
  });
});
