/** One speech as a data set gives it. */
export interface Speech {
  year: number;
  name: string;
  text: string;
}

export interface Address {
  year: number;
  president: number; // index into Corpus.presidents
  label: string;
  words: number;
}

export interface President {
  name: string;
  shortName: string; // the surname, with initials where another president shares it
  years: string;
}

/** Word counts of addresses in the order they were given, over the vocabulary they share. */
export interface Corpus {
  vocabulary: string[];
  addresses: Address[];
  presidents: President[];
  counts: Uint32Array; // [addresses, vocabulary], row-major
}

// What the stenographer heard is not the president's language.
const stageDirection = /[([]\s*(?:applause|laughter|laughs)\.?\s*[)\]]/giu;

export function tokenise(text: string): string[] {
  const plain = text.replace(stageDirection, ' ').toLowerCase().replaceAll('’', "'");
  return plain.match(/\p{L}+(?:'\p{L}+)*/gu) ?? [];
}

export function buildCorpus(speeches: readonly Speech[], { minAddresses }: { minAddresses: number }): Corpus {
  const given = chronological(speeches);
  const bags = given.map(({ text }) => countWords(tokenise(text)));
  const vocabulary = sharedWords(bags, minAddresses);
  const column = new Map(vocabulary.map((word, index) => [word, index]));
  const counts = new Uint32Array(given.length * vocabulary.length);
  bags.forEach((bag, row) => {
    for (const [word, count] of bag) {
      const k = column.get(word);
      if (k !== undefined) counts[row * vocabulary.length + k] = count;
    }
  });
  const names = [...new Set(given.map(({ name }) => name))];
  const presidents = names.map((name) => ({
    name,
    shortName: shortName(name, names),
    years: yearSpans(given.filter((speech) => speech.name === name).map(({ year }) => year)),
  }));
  const addresses = given.map(({ year, name }, row) => {
    const president = names.indexOf(name);
    const words = counts.subarray(row * vocabulary.length, (row + 1) * vocabulary.length).reduce((a, b) => a + b, 0);
    return { year, president, label: `${year} ${presidents[president]!.shortName}`, words };
  });
  return { vocabulary, addresses, presidents, counts };
}

/** By year; within a year the outgoing president spoke before the incoming one. */
function chronological(speeches: readonly Speech[]): Speech[] {
  const first = new Map<string, number>();
  for (const { name, year } of speeches) first.set(name, Math.min(year, first.get(name) ?? year));
  return [...speeches].sort((a, b) => a.year - b.year || first.get(a.name)! - first.get(b.name)!);
}

function countWords(words: readonly string[]): Map<string, number> {
  const bag = new Map<string, number>();
  for (const word of words) bag.set(word, (bag.get(word) ?? 0) + 1);
  return bag;
}

function sharedWords(bags: readonly Map<string, number>[], minAddresses: number): string[] {
  const addressesWith = countWords(bags.flatMap((bag) => [...bag.keys()]));
  return [...addressesWith]
    .filter(([, addresses]) => addresses >= minAddresses)
    .map(([word]) => word)
    .sort();
}

function shortName(name: string, names: readonly string[]): string {
  const surname = surnameOf(name);
  const shared = names.some((other) => other !== name && surnameOf(other) === surname);
  if (!shared) return surname;
  const given = name.slice(0, -surname.length).trim().split(' ');
  return `${given.map((part) => `${part[0]}.`).join(' ')} ${surname}`;
}

function surnameOf(name: string): string {
  return /(?:Van )?\S+$/.exec(name)![0];
}

/** Ascending years as spans, one for each unbroken run: 1885–1888, 1893–1896. */
function yearSpans(years: readonly number[]): string {
  const starts = years.filter((year) => !years.includes(year - 1));
  const ends = years.filter((year) => !years.includes(year + 1));
  return starts.map((start, i) => (start === ends[i] ? `${start}` : `${start}–${ends[i]}`)).join(', ');
}
