import { describe, expect, it } from 'vitest';
import { findings, findingsAsText, hellingerFromAlpha0 } from '../../app/findings.ts';

const addresses = [
  { year: 1801, president: 0, label: '1801 Oak', words: 9 },
  { year: 1802, president: 0, label: '1802 Oak', words: 9 },
  { year: 1803, president: 1, label: '1803 Elm', words: 9 },
  { year: 1805, president: 2, label: '1805 Fir', words: 9 },
  { year: 1805, president: 1, label: '1805 Elm', words: 9 },
];
const presidents = ['Oak', 'Elm', 'Fir'].map((name) => ({ name, shortName: name, years: '' }));
const between = [
  [0, 0.1, 0.4, 0.5, 0.3],
  [0.1, 0, 0.6, 0.7, 0.8],
  [0.4, 0.6, 0, 0.9, 0.2],
  [0.5, 0.7, 0.9, 0, 0.35],
  [0.3, 0.8, 0.2, 0.35, 0],
];
const betweenPresidents = [
  [0, 0.25, 0.45],
  [0.25, 0, 0.5],
  [0.45, 0.5, 0],
];
const found = findings({ addresses, presidents }, between.flat(), betweenPresidents.flat());

describe('findings', () => {
  it('lists the nearest pairs, nearest first', () => {
    expect(found.nearest).toEqual([
      { from: '1801 Oak', to: '1802 Oak', distance: 0.1 },
      { from: '1803 Elm', to: '1805 Elm', distance: 0.2 },
      { from: '1801 Oak', to: '1805 Elm', distance: 0.3 },
    ]);
  });

  it('names the nearest pair by two presidents', () => {
    expect(found.nearestOfTwo).toEqual({ from: '1801 Oak', to: '1805 Elm', distance: 0.3 });
  });

  it('looks for breaks only between addresses at most a year apart', () => {
    expect(found.breaks).toEqual([
      { from: '1802 Oak', to: '1803 Elm', distance: 0.6 },
      { from: '1805 Fir', to: '1805 Elm', distance: 0.35 },
      { from: '1801 Oak', to: '1802 Oak', distance: 0.1 },
    ]);
  });

  it('gives every president but the first the closest earlier one', () => {
    expect(found.predecessors).toEqual([
      { from: 'Elm', to: 'Oak', distance: 0.25 },
      { from: 'Fir', to: 'Oak', distance: 0.45 },
    ]);
  });

  it('says them in words', () => {
    const [nearest, breaks, predecessors] = findingsAsText(found).map(({ lines }) => lines);
    expect(nearest).toContain('1801 Oak and 1802 Oak: 0.100');
    expect(breaks![0]).toBe('1802 Oak and 1803 Elm: 0.600');
    expect(predecessors).toEqual(['Elm ← Oak: 0.250', 'Fir ← Oak: 0.450']);
  });
});

it('turns D_0 = 4 H² into H', () => {
  expect([...hellingerFromAlpha0([0, 1, 4])]).toEqual([0, 0.5, 1]);
});
