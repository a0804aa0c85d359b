import { significant } from '../host/numbers.ts';
import { ALL_WRONG } from './tally.ts';
import { hosts } from './hosts.ts';
import type { AccuracyReport, Errors, GoldenFigure, KernelName, Total } from './report.ts';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const REFERENCE = 'f64 reference, relative';
const IMPOSSIBLE = 'of it < 0, ∞ or NaN';
const SWEEP_COLUMNS = [
  'host',
  'rows of',
  'results',
  'worst',
  'mean',
  'naive worst',
  'mean of it',
  IMPOSSIBLE,
  'naive, easy rows',
  'mean of these',
];

export const NUMERIC_COLUMNS: ReadonlySet<string> = new Set([
  'cases',
  ...Object.keys(hosts),
  REFERENCE,
  ...SWEEP_COLUMNS.slice(2),
]);

/** The worst errors on golden cases of each kind, by host. */
export function goldenTable({ hosts: reports, reference }: AccuracyReport): Table {
  const found = [...Object.values(reports), reference].flatMap(({ golden }) => golden.map(({ kind }) => kind));
  const names = Object.keys(reports);
  const rows = [...new Set(found)].map((kind) => {
    const of = ({ golden }: { readonly golden: readonly GoldenFigure[] }): GoldenFigure | undefined =>
      golden.find((figure) => figure.kind === kind);
    const figures = names.map((name) => of(reports[name]!));
    const exact = of(reference);
    const cases = (exact ?? figures.find(Boolean))?.count ?? 0;
    return [
      kind,
      String(cases),
      ...figures.map((figure) => (figure ? ulps(figure.worst) : '–')),
      exact ? exact.worst.toExponential(1) : '–',
    ];
  });
  return {
    title: 'Golden cases: the worst error of each kind, in ulp.',
    columns: ['kind', 'cases', ...names, REFERENCE],
    rows,
  };
}

/** The errors of the sweep, by host and form, beside those of the naive kernel. */
export function sweepTable({ hosts: reports }: AccuracyReport): Table {
  const rows = Object.entries(reports).flatMap(([host, { totals }]) =>
    totals
      .filter(({ kernel }) => kernel === 'dually')
      .map((library) => {
        const of = (wanted: KernelName): Total =>
          totals.find(({ form, kernel }) => form === library.form && kernel === wanted)!;
        const naive = of('naive');
        const impossible = `${((100 * naive.impossible) / naive.count).toFixed(1)} %`;
        return [
          host,
          library.form,
          String(library.count),
          ...pair(library),
          ...pair(naive),
          impossible,
          ...pair(of('naiveEasy')),
        ];
      }),
  );
  return { title: 'Sweep of the α-divergence: errors in ulp.', columns: SWEEP_COLUMNS, rows };
}

/** The errors in regimes of people's own data, by host and place. */
export function regimeTable({ hosts: reports }: AccuracyReport): Table {
  const rows = Object.entries(reports).flatMap(([host, { regimes }]) =>
    regimes.map(({ regime, place, worstAt, ...errors }) => [
      host,
      place,
      regime,
      String(errors.count),
      ...pair(errors),
      worstAt,
    ]),
  );
  const columns = ['host', 'on', 'rows of', 'results', 'worst', 'mean', 'the worst is of'];
  return { title: "Regimes of people's own data: errors in ulp.", columns, rows };
}

function pair({ worst, mean }: Errors): [string, string] {
  return [ulps(worst), ulps(mean)];
}

function ulps(error: number): string {
  if (error >= ALL_WRONG) return '≥ 100 %';
  return error < 1e4 ? significant(error) : `${significant((100 * error) / ALL_WRONG)} %`;
}
