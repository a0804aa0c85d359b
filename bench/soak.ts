// Many operations in a row, to see whether memory stays flat.
import {
  hellingerDistance,
  klDivergence,
  mirrorDescentStep,
  type Engine,
  type MemoryUse,
  type Tensor,
} from '../src/index.ts';

/** What was held after so many operations. Plain data, so that it travels as JSON. */
export interface SoakSample extends MemoryUse {
  readonly operations: number;
  /** Bytes of the page's JavaScript heap, where the browser tells. */
  readonly heap: number | null;
}

const shapes = [
  [64, 16],
  [100, 64],
  [7, 300],
  [128, 128],
  [1, 10],
  [300, 33],
  [800, 64],
] as const; // a chain of the last is more than the budget
/** Results that are read again later; most of them have left the device by then. */
const keptResults = 12;

export const soakBudget: number = 2 ** 19;

function rowsFrom(rows: number, outcomes: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: rows * outcomes }, (_, k) => 1 + ((k * 7919 + seed * 104_729) % 1009) / 1009);
}

/** Reads chains of operations; disposes of a quarter of the tensors and leaves the others to the collector. */
export async function soak(
  engine: Engine,
  reads: number,
  depth: number,
  onSample: (sample: SoakSample, read: number) => void,
): Promise<void> {
  const data = shapes.map(([rows, outcomes], seed) => rowsFrom(rows, outcomes, seed));
  const kept: Tensor[] = [];
  for (let read = 0; read < reads; read++) {
    const [, outcomes] = shapes[read % shapes.length]!;
    const p = engine.rows(data[read % shapes.length]!, { outcomes, form: 'weights' });
    const slope = engine.values(new Float32Array(outcomes).fill(read / reads), { outcomes });
    let w = mirrorDescentStep(p, slope, { stepSize: 0.01 });
    for (let step = 2; step < depth; step++) w = mirrorDescentStep(w, slope, { stepSize: 0.01 });
    const distance = read % 2 === 0 ? klDivergence(p, w) : hellingerDistance(w, p);
    await distance.read();
    if (read % 4 === 0) {
      await w.read();
      kept.push(w);
    } else if (read % 4 === 1) {
      for (const tensor of [p, slope, distance]) tensor.dispose();
    }
    if (kept.length > keptResults) await kept.shift()!.read();
    const { memory } = performance as { memory?: { readonly usedJSHeapSize: number } };
    onSample(
      { ...(await engine.memory()), operations: (read + 1) * depth, heap: memory?.usedJSHeapSize ?? null },
      read,
    );
  }
  for (const tensor of kept) tensor.dispose();
}

/** The bytes on the device. */
export function heldIn({ used, pooled }: SoakSample): number {
  return used + pooled;
}

/** How far samples lie from their middle at most, as a share of it. */
export function spread(values: readonly number[]): number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return most === least ? 0 : (most - least) / (most + least);
}
