import { isLogits } from '../engine/forms.ts';
import { apply, type Operation } from '../engine/operation.ts';
import type { Tensor } from '../engine/tensor.ts';
import { Levels, meanSurprisal } from '../math/surprisal.ts';
import { crossEntropy } from './cross-entropy.ts';
import { reducible } from './reduction.ts';
import type { RowParameters } from './row-divergence.ts';
import { tempering } from '../math/temperature.ts';

const operation: Operation<object> = reducible(tempering<object>({
  name: 'entropy',
  information: () => true,
  formula: 'H(p) = −Σ p log p',
  source: 'Shannon 1948',
  arguments: [{ name: 'p', takes: 'distributions', axis: 'rows' }],
  parameters: [],
  result: ([p]) => ({ shape: [p!.rows], form: 'values' }),
  tolerance: crossEntropy.operation.tolerance,
  compose: ([p]) => crossEntropy(p!, p!),
  reference: ([p]) => (row, out) => {
    const levels = new Levels(p!.row(row), isLogits(p!.form));
    out[0] = meanSurprisal(levels, levels, p!.width);
  },
}));

/**
 * Shannon entropy of each row, in nats: between 0, of a certain outcome, and log(outcomes), of the uniform row.
 *
 * H(p) = −Σ p log p; outcomes with p = 0 add nothing. Rows of any form; logits are normalised on the way and never
 * stored. The relative accuracy holds for nearly certain rows as well: 1 − p is never formed by subtraction.
 * Shapes: p [batchSize, outcomes]; the result is [batchSize].
 * Errors: ShapeError, DomainError; within 4 ulp of f32. Source: Shannon, Bell System Technical Journal 27 (1948).
 *
 * @example
 * const h = await entropy(p).read();
 */
export const entropy: { (p: Tensor, parameters?: RowParameters): Tensor; readonly operation: Operation<object> } = Object.assign(
  (p: Tensor, parameters: RowParameters = {}): Tensor => apply(operation, [p], parameters),
  { operation },
);
