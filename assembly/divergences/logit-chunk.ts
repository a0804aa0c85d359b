/** Outcomes of two rows of logits in the form that the sweep takes: whole blocks without zeros. */
import { exponential, LOG2 } from '../math/doubles';

/** Outcomes of a chunk: a multiple of the sweep's block. */
export const CHUNK = 256;
/** As a logit it stands for a probability far below all that count. */
const NOTHING: f32 = -20000;

/** What one row has where the other is zero, and whether q is zero where p is not. */
export let withoutP: f64 = 0;
export let withoutQ: f64 = 0;
export let lacksQ: bool = false;

export function resetLone(): void {
  withoutP = 0;
  withoutQ = 0;
  lacksQ = false;
}

/** Fills a chunk of both rows up to a whole block. Outcomes that one of the rows lacks do not count there. */
export function fillChunk(chunk: usize, p: usize, q: usize, outcomes: i32, filled: i32, highestP: f32, logRatio: f64): void {
  const shift = nearest(<f64>highestP / LOG2) * LOG2;
  for (let k = 0; k < filled; k++, chunk += 4, p += 4, q += 4) {
    const x: f32 = k < outcomes ? load<f32>(p) : -Infinity;
    const y: f32 = k < outcomes ? load<f32>(q) : -Infinity;
    const isLone = x === -Infinity || y === -Infinity;
    store<f32>(chunk, isLone ? NOTHING : x);
    store<f32>(chunk, isLone ? NOTHING + <f32>logRatio : y, 4 * CHUNK);
    if (!isLone || x === y) continue;
    withoutP += exponential(<f64>y - shift - logRatio);
    withoutQ += exponential(<f64>x - shift);
    lacksQ = lacksQ || y === -Infinity;
  }
}
