import { logDouble, quotientOf, sumOfPairs, type Pair } from './log-double.ts';
import { CompensatedSum } from './sum.ts';

/** A row that is given by weights, or by logits over a temperature. */
export interface Logarithms {
  readonly row: ArrayLike<number>;
  readonly logarithmic: boolean;
  readonly temperature: number;
}

function logarithmOf({ row, logarithmic, temperature }: Logarithms, k: number): Pair {
  if (!logarithmic) return row[k] === 0 ? [-Infinity, 0] : logDouble(row[k]!);
  return row[k] === -Infinity ? [-Infinity, 0] : quotientOf(row[k]!, temperature);
}

const negated = ([high, low]: Pair): Pair => [-high, -low];

/** Σ exp(log − shift). */
function massOf(logs: readonly Pair[], shift: number): number {
  const sum = new CompensatedSum();
  for (const [high, low] of logs) if (high > -Infinity) sum.add(Math.exp(high - shift + low));
  return sum.value;
}

/** e^x − 1 − x. */
function growthBeyond(x: number): number {
  if (Math.abs(x) > 0.5) return Math.expm1(x) - x;
  let [term, sum] = [1, 0];
  for (let n = 18; n >= 2; n--) sum = sum * x + 1 / factorials[n]!;
  term = x * x;
  return term * sum;
}

const factorials: readonly number[] = Array.from({ length: 19 }, (_, n) => { let product = 1; for (let k = 2; k <= n; k++) product *= k; return product; });

/** Nats beyond which the smaller of two masses is nothing beside the larger. */
const far = 690;

/**
 * KL(p‖q) = Σ p (e^x − 1 − x) with x = log(q/p), of measures p of mass S and p e^x of mass S + E, where E repairs the error
 * that the x share, that of the masses: KL = Σ p (e^x − 1 − x)/S − (e^y − 1 − y), y = log(1 + E/S).
 */
export function klOfLogarithms(p: Logarithms, q: Logarithms): number {
  const [logsP, logsQ] = [p, q].map((each) => Array.from(each.row, (_, k) => logarithmOf(each, k)));
  const [greatestP, greatestQ] = [logsP!, logsQ!].map((logs) => logs.reduce((most, [high]) => Math.max(most, high), -Infinity));
  const [massP, massQ] = [massOf(logsP!, greatestP!), massOf(logsQ!, greatestQ!)];
  let shift = sumOfPairs(sumOfPairs([greatestQ!, 0], [-greatestP!, 0]), [Math.log(massQ / massP), 0]);
  for (let again = 0; ; again++) {
    const [value, excess] = [new CompensatedSum(), new CompensatedSum()];
    for (const [k, log] of logsP!.entries()) {
      const [ofP, ofQ] = [log[0] - greatestP! + log[1], logsQ![k]![0] - greatestP! - shift[0] + (logsQ![k]![1] - shift[1])];
      if (log[0] === -Infinity && logsQ![k]![0] === -Infinity) continue;
      if (logsQ![k]![0] === -Infinity) return Infinity;
      const [x, low] = log[0] === -Infinity ? [Infinity, 0] : sumOfPairs(sumOfPairs(logsQ![k]!, negated(log)), negated(shift));
      const [mass, other] = [Math.exp(ofP), Math.exp(ofQ)];
      if (x > far) value.add(other);
      else if (mass > 0) value.add(mass * (growthBeyond(x + low)));
      excess.add(Math.abs(x) < 1 ? mass * Math.expm1(x + low) : other - mass);
    }
    const y = Math.log1p(excess.value / massP);
    if (again === 1 || Math.abs(y) < 1e-30) return Math.max(0, value.value / massP - growthBeyond(y));
    shift = sumOfPairs(shift, [y, 0]);
  }
}
