import { expectedValue, goldenCases, goldenLogitsCases, goldenLongCases } from '../host/golden/divergences.ts';

/** One golden case, whatever its kind. */
export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly alpha?: number;
  readonly beta?: number;
  readonly expected: number;
  readonly tolUlp?: number;
  readonly p: readonly number[];
  readonly q: readonly number[];
}

export interface Kind {
  /** The name under which the library exports the operation. */
  readonly operation: string;
  readonly parameters?: (golden: Case) => object;
  readonly form?: 'weights' | 'logits';
}

const alpha = (golden: Case): object => ({ alpha: golden.alpha });
const order = (golden: Case): object => ({ order: golden.beta });

export const kinds: Readonly<Record<string, Kind>> = {
  alpha: { operation: 'alphaDivergence', parameters: alpha },
  'alpha-extended': { operation: 'extendedAlphaDivergence', parameters: alpha },
  'alpha-logits': { operation: 'alphaDivergence', parameters: alpha, form: 'logits' },
  kl: { operation: 'klDivergence' },
  'reverse-kl': { operation: 'reverseKlDivergence' },
  hellinger: { operation: 'hellingerDistance' },
  renyi: { operation: 'renyiDivergence', parameters: order },
  tsallis: { operation: 'tsallisDivergence', parameters: order },
  'jensen-shannon': { operation: 'jensenShannonDivergence' },
  bhattacharyya: { operation: 'bhattacharyyaDivergence' },
  chernoff: { operation: 'chernoffInformation' },
  max: { operation: 'maxDivergence' },
};

const LOGITS_ULPS = 5;

function allCases(): Case[] {
  const logits = goldenLogitsCases.map(({ a, b, ...rest }) => ({
    tolUlp: LOGITS_ULPS,
    ...rest,
    kind: 'alpha-logits',
    p: a,
    q: b,
  }));
  return [...goldenCases, ...goldenLongCases(), ...logits].map((golden) => ({
    ...golden,
    expected: expectedValue(golden.expected),
  }));
}

/**
 * All cases in batches that one call can evaluate: of one kind, with the same parameters, in rows of the same length.
 */
export function goldenBatches(): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const golden of allCases()) {
    const key = [golden.kind, golden.alpha, golden.beta, golden.p.length].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), golden]);
  }
  return [...groups.values()];
}
