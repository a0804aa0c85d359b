import { expect, it } from 'vitest';
import { stateOfTheUnion } from '../../app/addresses.ts';
import { buildCorpus } from '../../app/corpus.ts';

it('makes the corpus of every State of the Union address', () => {
  const { addresses, presidents, vocabulary } = buildCorpus(stateOfTheUnion(), { minAddresses: 3 });
  expect([addresses.length, presidents.length]).toEqual([233, 43]);
  expect(vocabulary.length).toBeGreaterThan(13_000);
  expect(new Set(addresses.map(({ label }) => label)).size).toBe(addresses.length);
  const within = (year: number): string[] =>
    addresses.filter((address) => address.year === year).map(({ label }) => label);
  expect([...within(1953), ...within(1961)]).toEqual([
    '1953 Truman',
    '1953 Eisenhower',
    '1961 Eisenhower',
    '1961 Kennedy',
  ]);
  expect(presidents.find(({ shortName }) => shortName === 'Cleveland')!.years).toBe('1885–1888, 1893–1896');
  expect(presidents.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Franklin D. Roosevelt', 'William McKinley', 'Ulysses S. Grant']),
  );
});
