import { describe, expect, it } from 'vitest';
import { buildCorpus, tokenise, type Speech } from '../../app/corpus.ts';
import { addressDistributions, mostFrequent, presidentDistributions } from '../../app/distributions.ts';

describe('tokenise', () => {
  it('keeps letters and inner apostrophes, in lower case', () => {
    expect(tokenise("The People's 25 'free' States—d'affaires; re-election, Árbol.")).toEqual([
      'the',
      "people's",
      'free',
      'states',
      "d'affaires",
      're',
      'election',
      'árbol',
    ]);
  });

  it('reads a typographic apostrophe as a plain one', () => {
    expect(tokenise('it’s ‘quoted’')).toEqual(["it's", 'quoted']);
  });

  it('leaves out what the stenographer added', () => {
    expect(tokenise('Thank you. (Applause.) And [Laughter] so (they say) on.')).toEqual([
      'thank',
      'you',
      'and',
      'so',
      'they',
      'say',
      'on',
    ]);
  });

  it('finds nothing in a text without words', () => {
    expect(tokenise('1790 – 1,000 !')).toEqual([]);
  });
});

const speeches: Speech[] = [
  { year: 1801, name: 'Ann B. Oak', text: 'peace peace war' },
  { year: 1805, name: 'Carl Elm', text: 'peace trade trade' },
  { year: 1805, name: 'Ann B. Oak', text: 'war trade peace once' },
  { year: 1809, name: 'Dora Oak', text: 'peace war trade' },
  { year: 1810, name: 'Martin Van Fir', text: 'peace' },
  { year: 1813, name: 'Carl Elm', text: 'trade war' },
];
const corpus = buildCorpus(speeches, { minAddresses: 3 });

describe('buildCorpus', () => {
  it('keeps the words of at least so many addresses, in alphabetical order', () => {
    expect(corpus.vocabulary).toEqual(['peace', 'trade', 'war']);
  });

  it('counts each address over that vocabulary', () => {
    expect([...corpus.counts]).toEqual([2, 0, 1, 1, 1, 1, 1, 2, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1]);
    expect(corpus.addresses.map(({ words }) => words)).toEqual([3, 3, 3, 3, 1, 2]);
  });

  it('puts the outgoing president before the incoming one and labels both', () => {
    expect(corpus.addresses.map(({ label }) => label)).toEqual([
      '1801 A. B. Oak',
      '1805 A. B. Oak',
      '1805 Elm',
      '1809 D. Oak',
      '1810 Van Fir',
      '1813 Elm',
    ]);
  });

  it('takes two tenures for one person and one surname for two', () => {
    expect(corpus.presidents).toEqual([
      { name: 'Ann B. Oak', shortName: 'A. B. Oak', years: '1801, 1805' },
      { name: 'Carl Elm', shortName: 'Elm', years: '1805, 1813' },
      { name: 'Dora Oak', shortName: 'D. Oak', years: '1809' },
      { name: 'Martin Van Fir', shortName: 'Van Fir', years: '1810' },
    ]);
    expect(corpus.addresses.map(({ president }) => president)).toEqual([0, 0, 1, 2, 3, 1]);
  });

  it('writes unbroken runs of years as spans', () => {
    const years = [1801, 1802, 1803, 1807];
    const { presidents } = buildCorpus(
      years.map((year) => ({ year, name: 'Ann Oak', text: 'peace' })),
      { minAddresses: 1 },
    );
    expect(presidents[0]!.years).toBe('1801–1803, 1807');
  });
});

describe('distributions', () => {
  it('smooths every word by 0.01 and sums to one', () => {
    const { data, rows, outcomes } = addressDistributions(corpus);
    expect([rows, outcomes]).toEqual([6, 3]);
    expect(data.slice(0, 3)).toEqual(Float32Array.of(2.01 / 3.03, 0.01 / 3.03, 1.01 / 3.03));
    for (let row = 0; row < rows; row++)
      expect(data.slice(3 * row, 3 * row + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  it('pools all the words of one president', () => {
    const { data, rows } = presidentDistributions(corpus);
    expect(rows).toBe(4);
    expect(data.slice(0, 3)).toEqual(Float32Array.of(3.01 / 6.03, 1.01 / 6.03, 2.01 / 6.03));
    expect(data.slice(3, 6)).toEqual(Float32Array.of(1.01 / 5.03, 3.01 / 5.03, 1.01 / 5.03));
  });

  it('keeps the most frequent words of each row and one bucket for the rest', () => {
    const kept = mostFrequent(
      { data: Float32Array.of(0.125, 0.5, 0.0625, 0.3125, 0.25, 0.25, 0.375, 0.125), rows: 2, outcomes: 4 },
      2,
    );
    expect([kept.rows, kept.outcomes]).toEqual([2, 3]);
    expect([...kept.data]).toEqual([0.5, 0.3125, 0.1875, 0.375, 0.25, 0.375]);
  });
});
