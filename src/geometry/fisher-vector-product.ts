import { apply, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { weightsOf } from '../math/probabilities.ts';
import { centre, defineRows, outcomes, type RowOperation, shares, type Value } from '../program/index.ts';
import { checkCoordinates, dimensionOf, exampleCoordinates, type CoordinateParameters } from './coordinates.ts';

const name = 'fisherVectorProduct';
const largest = 3.4028234663852886e38;

const operation: RowOperation<CoordinateParameters> = defineRows<CoordinateParameters>({
  name,
  formula: 'F v = p⊙(v − p·v) (θ, logits), G v = v/η + (Σv)/p_K (η)',
  source: 'Amari & Nagaoka 2000, §2.2',
  parameters: ['coordinates'],
  examples: exampleCoordinates,
  arguments: [{ name: 'p', takes: 'distributions' }, { name: 'v', takes: 'values' }],
  check({ coordinates }, [p, v]) {
    checkCoordinates(name, coordinates);
    checkOutcomes(name, 'v', v!, dimensionOf(coordinates, p!.width));
  },
  tolerance: { ulps: () => 16, relativeTo: 'row', reason: 'the mean of v is subtracted from v, so small entries keep the error of large ones' },
  widths: ({ coordinates }, width) => ({ product: dimensionOf(coordinates, width) }),
  program({ p, v }, _, { coordinates }) {
    return { product: coordinates === 'eta' ? inverseProduct(p!, v!) : normalisedProduct(p!, v!) };
  },
});

/** p⊙(v − p·v); in θ the last entry of v is 0. */
function normalisedProduct(p: Value, v: Value): Value {
  const { probabilities } = shares(p);
  return probabilities.times(centre(p, probabilities, v));
}

/** v/η + (Σv)/p_K, infinite where a part leaves f32, as over a probability of 0; of two infinities the own one counts. */
function inverseProduct(p: Value, v: Value): Value {
  const { weights, mass, at } = shares(p);
  const over = (x: Value, weight: Value): { readonly quotient: Value; readonly isInfinite: Value } => {
    const quotient = x.over(weight).times(mass).atMost(largest).atLeast(-largest);
    return { quotient, isInfinite: weight.equals(0).and(x.equals(0).not()).or(quotient.absolute().isLess(largest).not()) };
  };
  const total = v.sum().as('total');
  const own = over(v, weights);
  const rest = over(total, at(outcomes().minus(1)).as('last'));
  const finite = own.quotient.plus(rest.quotient);
  return own.isInfinite.select(v, rest.isInfinite.select(total, finite)).infiniteWhere(own.isInfinite.or(rest.isInfinite));
}

/**
 * Fisher information of each row times a vector, in O(outcomes) and without the matrix.
 *
 * In θ and logits F v = p⊙(v − p·v); in η G v = v/η + (Σv)/p_K, ±∞ where a probability is 0 and the vector is not.
 * Shapes: p [batchSize, outcomes], v [batchSize, n] with n as for `fisherInformation`; the result is [batchSize, n].
 * Errors: ShapeError, DomainError. Source: Amari & Nagaoka 2000, §2.2.
 *
 * @example
 * const y = await fisherVectorProduct(p, engine.values([[1]], { outcomes: 1 }), { coordinates: 'theta' }).read();
 */
export const fisherVectorProduct: {
  (p: Tensor, v: Tensor, parameters: CoordinateParameters): Tensor;
  readonly operation: Operation<CoordinateParameters>;
} = Object.assign(
  (p: Tensor, v: Tensor, parameters: CoordinateParameters): Tensor => apply(operation, [weightsOf(p), v], parameters),
  { operation },
);
