/** What a row of a tensor holds, and what a row must satisfy. Checked once a source, where the data lives. */
export type DistributionForm = 'probabilities' | 'logProbabilities' | 'logits' | 'weights';
export type Form = DistributionForm | 'values';

/** Whether the rows are given by their logarithms, up to a constant. */
export function isLogits(form: Form): boolean {
  return form === 'logits' || form === 'logProbabilities';
}

export const distributionForms: readonly DistributionForm[] = ['probabilities', 'logProbabilities', 'logits', 'weights'];

/** How far the sum of a row of probabilities may be from 1. Smaller deviations are normalised exactly by every operation. */
export const sumTolerance = 1e-3;

export interface RowProblem {
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
}

interface EntryRule {
  readonly allowed: (x: number) => boolean;
  readonly expected: string;
  readonly remedy: string;
}

const nonNegative: EntryRule = {
  allowed: (x) => x >= 0 && x < Infinity,
  expected: 'finite entries ≥ 0',
  remedy: 'Remove or repair the row before it is given to the engine.',
};
const logarithm: EntryRule = {
  allowed: (x) => x < Infinity,
  expected: 'finite entries, or −Infinity for probability zero',
  remedy: 'Remove or repair the row before it is given to the engine.',
};
const finite: EntryRule = { allowed: Number.isFinite, expected: 'finite entries', remedy: 'Remove or repair the row.' };

const entryRule: Readonly<Record<Form, EntryRule>> = {
  probabilities: nonNegative, weights: nonNegative, logProbabilities: logarithm, logits: logarithm, values: finite,
};

/** The first thing that is wrong with a row of a form, or undefined. Twin of shaders/engine/forms.wgsl. */
export function problemOfRow(form: Form, row: ArrayLike<number>): RowProblem | undefined {
  const rule = entryRule[form];
  let total = 0;
  let greatest = -Infinity;
  for (let k = 0; k < row.length; k++) {
    const x = row[k]!;
    if (!rule.allowed(x)) return { expected: rule.expected, got: `${x} at outcome ${k}`, remedy: rule.remedy };
    total += form === 'logProbabilities' ? Math.exp(x) : x;
    greatest = Math.max(greatest, x);
  }
  if (form === 'probabilities' || form === 'logProbabilities') return problemOfSum(form, total);
  if (form === 'weights' && !(total >= smallestMass && total <= largestMass)) {
    return { expected: 'a row whose sum lies between 2⁻¹⁰⁰ and 2¹⁰⁰', got: `a sum of ${total}`, remedy: 'Scale the row, or leave it out if it is empty.' };
  }
  if (form === 'logits' && greatest === -Infinity) {
    return { expected: 'at least one finite logit', got: 'only −Infinity', remedy: 'Leave the row out.' };
  }
  return undefined;
}

/** Beyond these, sums and quotients of masses would leave f32. */
const smallestMass = 2 ** -100;
const largestMass = 2 ** 100;

function problemOfSum(form: 'probabilities' | 'logProbabilities', total: number): RowProblem | undefined {
  if (Math.abs(total - 1) <= sumTolerance) return undefined;
  const [what, other] = form === 'probabilities' ? ['sum', 'weights'] : ['probabilities sum', 'logits'];
  return {
    expected: `a row whose ${what} is within ${sumTolerance} of 1`,
    got: `a sum of ${total}`,
    remedy: `Use form: '${other}' for rows that are not normalised.`,
  };
}
