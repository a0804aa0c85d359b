import type { RowForm } from '../host/pairs.ts';
import { relativeError } from '../host/relative-error.ts';
import { ulp } from '../src/engine/certificate.ts';
import type { Figure, KernelName, Place, Total, Variable } from './report.ts';
import { Tally } from './tally.ts';

const variables: readonly Variable[] = ['alpha', 'distance', 'outcomes'];

/** The errors of one kernel on rows of one form: of all results, and of those with one value of one variable. */
export class Results {
  readonly #of: { readonly form: RowForm; readonly kernel: KernelName };
  readonly #all = new Tally<Place>();
  readonly #parts = new Map<Variable, Map<number, Tally<Place>>>(variables.map((by) => [by, new Map()]));
  #impossible = 0;

  constructor(form: RowForm, kernel: KernelName) {
    this.#of = { form, kernel };
  }

  /** Takes a result whose exact value is a positive number, and returns its error in ulp. */
  add(got: number, expected: number, place: Place): number {
    const error = relativeError(got, expected) / ulp;
    if (!(got >= 0 && got < Infinity)) this.#impossible++;
    this.#all.add(error, place);
    for (const by of variables) this.#part(by, place[by]).add(error, place);
    return error;
  }

  #part(by: Variable, at: number): Tally<Place> {
    const parts = this.#parts.get(by)!;
    if (!parts.has(at)) parts.set(at, new Tally());
    return parts.get(at)!;
  }

  get total(): Total {
    return { ...this.#of, ...this.#all.errors, impossible: this.#impossible, worstAt: this.#all.worstAt! };
  }

  get figures(): Figure[] {
    return variables.flatMap((by) =>
      [...this.#parts.get(by)!]
        .sort(([a], [b]) => a - b)
        .map(([at, tally]) => ({ ...this.#of, by, at, ...tally.errors })),
    );
  }
}
