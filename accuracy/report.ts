import type { RowForm } from '../host/pairs.ts';

export type Mode = 'quick' | 'full';
/** The library's, the naive one, and the naive one on its easiest rows alone: spread evenly, and far apart. */
export type KernelName = 'dually' | 'naive' | 'naiveEasy';
export type Variable = 'alpha' | 'distance' | 'outcomes';

/** Errors of many results, in ulp: units of 2⁻²³ of the exact value. */
export interface Errors {
  readonly count: number;
  readonly worst: number;
  readonly mean: number;
}

/** Errors of one kernel where one variable of the sweep has one value, over all values of the others. */
export interface Figure extends Errors {
  readonly form: RowForm;
  readonly kernel: KernelName;
  readonly by: Variable;
  readonly at: number;
}

/** Errors of one kernel over the whole sweep. */
export interface Total extends Errors {
  readonly form: RowForm;
  readonly kernel: KernelName;
  /** Results below zero, infinite or NaN, where the exact value is a positive number. */
  readonly impossible: number;
  readonly worstAt: Place;
}

/** Where in the sweep a result belongs. */
export interface Place {
  readonly alpha: number;
  readonly distance: number;
  readonly outcomes: number;
}

/** Golden cases of one kind. The f64 reference's errors are relative, those of a GPU in ulp. */
export interface GoldenFigure extends Errors {
  readonly kind: string;
  readonly worstCase: string;
}

/** Errors in a regime of people's own data, in one place. */
export interface RegimeFigure extends Errors {
  readonly regime: string;
  readonly place: string;
  readonly worstAt: string;
}

/** What one host found. Plain data, so that it travels as JSON. */
export interface HostReport {
  readonly adapter: string;
  readonly golden: readonly GoldenFigure[];
  readonly totals: readonly Total[];
  readonly figures: readonly Figure[];
  readonly regimes: readonly RegimeFigure[];
  readonly failures: readonly string[];
}

export interface AccuracyReport {
  readonly mode: Mode;
  readonly date: string;
  readonly hosts: Readonly<Record<string, HostReport>>;
  /** The f64 reference against the golden values. */
  readonly reference: { readonly golden: readonly GoldenFigure[]; readonly failures: readonly string[] };
  /** Hosts that gave no report, and why. */
  readonly failures: readonly string[];
}

/** Everything that is not as it was promised. */
export function failuresOf({ hosts, reference, failures }: AccuracyReport): string[] {
  return [
    ...failures,
    ...reference.failures.map((failure) => `f64 reference: ${failure}`),
    ...Object.entries(hosts).flatMap(([host, report]) => report.failures.map((failure) => `${host}: ${failure}`)),
  ];
}
