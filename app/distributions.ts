import type { Corpus } from './corpus.ts';

/** Rows of probabilities, row-major: what engine.rows takes. */
export interface Rows {
  data: Float32Array;
  rows: number;
  outcomes: number;
}

const SMOOTHING = 0.01; // pseudo-occurrences of every word in every text

function smoothed(counts: Uint32Array, outcomes: number): Rows {
  const data = new Float32Array(counts.length);
  for (let start = 0; start < counts.length; start += outcomes) {
    const row = counts.subarray(start, start + outcomes);
    const total = row.reduce((sum, count) => sum + count, 0) + SMOOTHING * outcomes;
    row.forEach((count, k) => (data[start + k] = (count + SMOOTHING) / total));
  }
  return { data, rows: counts.length / outcomes, outcomes };
}

export function addressDistributions({ counts, vocabulary }: Corpus): Rows {
  return smoothed(counts, vocabulary.length);
}

/** One distribution a president, from the pooled words of all of that president's addresses. */
export function presidentDistributions({ counts, vocabulary, addresses, presidents }: Corpus): Rows {
  const outcomes = vocabulary.length;
  const pooled = new Uint32Array(presidents.length * outcomes);
  addresses.forEach(({ president }, row) => {
    for (let k = 0; k < outcomes; k++) pooled[president * outcomes + k]! += counts[row * outcomes + k]!;
  });
  return smoothed(pooled, outcomes);
}

/** Each row's own `words` largest outcomes in falling order, and one last outcome for the rest of the row. */
export function mostFrequent({ data, rows, outcomes }: Rows, words: number): Rows {
  const kept = new Float32Array(rows * (words + 1));
  for (let row = 0; row < rows; row++) {
    const falling = data
      .slice(row * outcomes, (row + 1) * outcomes)
      .sort()
      .reverse();
    kept.set(falling.subarray(0, words), row * (words + 1));
    kept[row * (words + 1) + words] = falling.subarray(words).reduce((sum, p) => sum + p, 0);
  }
  return { data: kept, rows, outcomes: words + 1 };
}
