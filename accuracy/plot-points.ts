import type { AccuracyReport, Figure, KernelName, Variable } from './report.ts';

/** How the legend calls the kernels. */
export const KERNELS: Readonly<Record<KernelName, string>> = {
  dually: 'Dually',
  naive: 'naive f32 kernel',
  naiveEasy: 'naive, easy rows',
};

export const SMALLEST_SHOWN = 0.05; // an error of 0 has no place on a logarithmic axis

/** Where a figure stands on the horizontal axis; undefined leaves it out. */
export type Position = (value: number) => number | undefined;

interface Point {
  readonly host: string;
  readonly rows: string;
  readonly kernel: string;
  readonly error: 'worst' | 'mean';
  readonly x: number;
  readonly ulp: number;
}

/** The points of a plot: the worst and the mean error at every position. */
export function pointsOf(by: Variable, at: Position, { hosts }: AccuracyReport): Point[] {
  return Object.entries(hosts).flatMap(([host, { figures }]) => {
    const shown = figures.filter((figure) => figure.by === by && !(by === 'distance' && figure.kernel === 'naiveEasy'));
    return merged(shown, at).flatMap(({ form, kernel, at: x, ...errors }) =>
      (['worst', 'mean'] as const).map((error) => {
        return {
          host,
          rows: `rows of ${form}`,
          kernel: KERNELS[kernel],
          x,
          error,
          ulp: Math.max(errors[error], SMALLEST_SHOWN),
        };
      }),
    );
  });
}

/** One figure where several stand at the same position. */
function merged(figures: readonly Figure[], at: Position): Figure[] {
  const byPlace = new Map<string, Figure>();
  for (const figure of figures) {
    const x = at(figure.at);
    if (x === undefined) continue;
    const key = `${figure.form} ${figure.kernel} ${x}`;
    const other = byPlace.get(key);
    byPlace.set(key, other ? joined(other, figure) : { ...figure, at: x });
  }
  return [...byPlace.values()].sort((a, b) => a.at - b.at);
}

function joined(a: Figure, b: Figure): Figure {
  const count = a.count + b.count;
  return { ...a, count, worst: Math.max(a.worst, b.worst), mean: (a.count * a.mean + b.count * b.mean) / count };
}
