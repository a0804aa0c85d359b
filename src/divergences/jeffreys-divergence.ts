import { apply, batchSize, checkOutcomes, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { total } from '../math/total.ts';
import { klDivergence } from './kl-divergence.ts';
import { reverseKlDivergence } from './reverse-kl-divergence.ts';
import { reducible } from './reduction.ts';
import { pairArguments, type PlainPairFunction, type RowParameters } from './row-divergence.ts';
import { checkTemperature } from '../math/temperature.ts';

const name = 'jeffreysDivergence';

const operation: Operation<object> = reducible<object>({
  name,
  information: () => true,
  formula: 'J(p, q) = Σ (p − q) log(p/q) = KL(p‖q) + KL(q‖p)',
  source: 'Jeffreys 1946',
  arguments: pairArguments,
  parameters: [],
  options: ['temperature'],
  check(parameters, [p, q]) {
    checkOutcomes(name, 'q', q!, p!.width);
    checkTemperature(name, parameters, [p!, q!]);
  },
  result: (inputs) => ({ shape: [batchSize(operation, inputs)], form: 'values' }),
  tolerance: { ulps: () => 5, relativeTo: 'entry', reason: 'the sum of two divergences ≥ 0, each right to 4 ulp' },
  compose: ([p, q], parameters) => total(klDivergence(p!, q!, parameters), reverseKlDivergence(p!, q!, parameters)),
  reference(operands, parameters) {
    const [forth, back] = [klDivergence, reverseKlDivergence].map((each) => each.operation.reference(operands, parameters));
    const one = new Float64Array(1);
    return (row, out) => {
      forth!(row, out);
      back!(row, one);
      out[0]! += one[0]!;
    };
  },
});

/**
 * Jeffreys' divergence of each row of p and the same row of q, in nats: what KL loses in both directions. Symmetric to the last bit.
 *
 * J(p, q) = Σ (p − q) log(p/q) = KL(p‖q) + KL(q‖p) ≥ 0; infinite where just one of p and q is 0. Half of it is the mean of both.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize]. Rows of any form, both alike.
 * Errors: ShapeError, DomainError; within 5 ulp of f32. Source: Jeffreys, Proc. R. Soc. A 186 (1946).
 *
 * @example
 * const j = await jeffreysDivergence(p, q).read();
 */
export const jeffreysDivergence: PlainPairFunction = Object.assign((p: Tensor, q: Tensor, parameters: RowParameters = {}): Tensor => apply(operation, [p, q], parameters), { operation });
