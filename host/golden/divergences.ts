import golden from './divergences.json';

/** Values to 25 digits for exact inputs; the file's own header states the contract. */
export interface GoldenCase {
  id: string;
  kind: string;
  tag: string;
  alpha?: number;
  beta?: number;
  /** The maximising order of the Chernoff information. */
  betaStar?: string;
  expected: string;
  p: number[];
  q: number[];
  tolUlp?: number;
}

export interface GoldenLogitsCase { id: string; tag: string; alpha: number; expected: string; a: number[]; b: number[] }

export interface GoldenGradientCase {
  id: string;
  tag: string;
  alpha: number;
  p: number[];
  q: number[];
  dP: string[];
  dQ: string[];
}

interface Generator { K: number; seedP: number; seedQ: number; mode: string; m: number; exp: number }

interface GeneratedCase {
  id: string;
  kind: string;
  tag: string;
  alpha: number;
  expected: string;
  gen: Generator;
  check: { p0: number; pLast: number; q0: number; qLast: number };
}

interface GoldenFile {
  cases: GoldenCase[];
  generatedCases: GeneratedCase[];
  logitsCases: GoldenLogitsCase[];
  gradientCases: GoldenGradientCase[];
}

const file = golden as unknown as GoldenFile;
export const goldenCases: GoldenCase[] = file.cases;
export const goldenLogitsCases: GoldenLogitsCase[] = file.logitsCases;
export const goldenGradientCases: GoldenGradientCase[] = file.gradientCases;

/** Rows of the generated cases, by the generator that the file's contract describes. */
function generateRows({ K, seedP, seedQ, mode, m, exp }: Generator): { p: number[]; q: number[] } {
  const advance = (state: number): number => (Math.imul(state, 1664525) + 1013904223) >>> 0;
  const p: number[] = [];
  const q: number[] = [];
  let [s, t] = [seedP, seedQ];
  for (let k = 0; k < K; k++) {
    s = advance(s);
    t = advance(t);
    const v = (s >>> 8) + 1;
    const near = Math.min(2 ** 24, Math.max(1, v + ((t >>> 24) - 128) * m));
    p.push(v * 2 ** exp);
    q.push((mode === 'independent' ? (t >>> 8) + 1 : near) * 2 ** exp);
  }
  return { p, q };
}

/** The long rows of the file, generated; throws where the generator does not meet the file's check values. */
export function goldenLongCases(): (GoldenCase & { alpha: number })[] {
  return file.generatedCases.map(({ gen, check, ...rest }) => {
    const rows = generateRows(gen);
    const ends = [rows.p[0], rows.p.at(-1), rows.q[0], rows.q.at(-1)];
    if (String(ends) !== String([check.p0, check.pLast, check.q0, check.qLast])) {
      throw new Error(`${rest.id}: generated ${String(ends)}, not the values of the golden file`);
    }
    return { ...rest, ...rows };
  });
}

/** The f64 value of an expected string, which may be "Infinity". */
export function expectedValue(text: string): number {
  return Number(text);
}
