import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import { apply, type Operation } from '../engine/operation.ts';
import { Tensor } from '../engine/tensor.ts';
import { weightedSum } from '../math/exact-sum.ts';
import { CompensatedSum } from '../math/sum.ts';
import { isList } from './alpha-list.ts';

/** What is made of the numbers of the rows, of which every operation has one that gives one number a row. */
export interface ReductionParameters {
  /**
   * 'none' (default) leaves a number a row. 'sum' is Σ w D over the rows and 'mean' Σ w D/Σ w, with w the row's weight, or 0
   * where the mask is 0; the result is then [1]. It is the exact sum of the numbers that 'none' gives, rounded once, so that
   * neither the adapter nor the order nor the size of blocks changes a bit. Infinity, if a row that counts is infinite.
   */
  readonly reduction?: 'none' | 'sum' | 'mean';
  /** One number ≥ 0 for each row; all are 1 where it is left out. */
  readonly weights?: ArrayLike<number>;
  /** True or 1 for each row that counts, false or 0 for the others, which may be infinite. */
  readonly mask?: ArrayLike<number | boolean>;
}

const choices: readonly unknown[] = ['none', 'sum', 'mean'];

const isReduced = ({ reduction = 'none' }: ReductionParameters): boolean => reduction !== 'none';

/** The operation, which has one number a row, with the choice of what is made of them. */
export function reducible<Parameters extends object>(operation: Operation<Parameters>): Operation<Parameters> {
  type Given = Parameters & ReductionParameters;
  const { tolerance, examples = [{} as Parameters] } = operation;
  const rowsOf = (inputs: readonly Tensor[], parameters: Given): number => operation.result(inputs, parameters).shape[0]!;
  const whole: Partial<Operation<Given>> = {
    options: [...operation.options ?? [], 'reduction', 'weights', 'mask'],
    examples: [...examples.filter((example) => !('reduction' in example)), { ...examples[0]!, reduction: 'mean' }],
    check(parameters, inputs) {
      operation.check?.(parameters, inputs);
      checkReduction(operation.name, parameters, rowsOf(inputs, parameters));
    },
    result: (inputs, parameters) => (isReduced(parameters) ? { shape: [1], form: 'values' } : operation.result(inputs, parameters)),
    tolerance: { ...tolerance, ulps: (parameters) => tolerance.ulps(parameters) + (isReduced(parameters) ? 1 : 0) },
    compose(inputs, parameters) {
      if (!isReduced(parameters)) return operation.compose?.(inputs, parameters);
      const rows = apply(operation, inputs, ownOf(parameters) as Parameters);
      return reduced(rows, parameters);
    },
    ...(operation.cpu && { cpu: (dispatch) => (isReduced(dispatch.parameters) ? undefined : operation.cpu!(dispatch)) }),
    reference(operands, parameters) {
      const write = operation.reference(operands, ownOf(parameters) as Parameters); // which may hand them to another that reduces
      if (!isReduced(parameters)) return write;
      const count = rowsOf(operands as unknown as readonly Tensor[], parameters); // whose shape follows from the numbers of rows alone
      return function* (_row, out) {
        const [sum, one, weightOf] = [new CompensatedSum(), new Float64Array(1), weightsOf(parameters)];
        for (let row = 0; row < count; row++) {
          yield;
          if (weightOf(row) === 0) continue;
          yield* write(row, one) ?? [];
          sum.add(weightOf(row) * one[0]!);
        }
        out[0] = sum.value / divisorOf(parameters, count);
      };
    },
  };
  return { ...operation, ...whole };
}

function ownOf({ reduction: _reduction, weights: _weights, mask: _mask, ...own }: ReductionParameters): object {
  return own;
}

/** Σ w D/divisor of results with one number a row. */
function reduced(results: Tensor, parameters: ReductionParameters): Tensor {
  const { host, rows } = results;
  const sourceOf = (data: Float32Array<ArrayBuffer>): Tensor => new Tensor(host, [data.length], 'values', { kind: 'source', data, trusted: true });
  if (rows === 0) return weightedSum(sourceOf(new Float32Array(1)), undefined, 1);
  const weightOf = weightsOf(parameters);
  const isWeighted = parameters.weights !== undefined || parameters.mask !== undefined;
  const weights = isWeighted ? sourceOf(Float32Array.from({ length: rows }, (_, row) => weightOf(row))) : undefined;
  return weightedSum(results, weights, divisorOf(parameters, rows));
}

/** The weight of a row as f32 has it. */
function weightsOf({ weights, mask }: ReductionParameters): (row: number) => number {
  return (row) => (mask && !mask[row] ? 0 : Math.fround(weights?.[row] ?? 1));
}

function divisorOf(parameters: ReductionParameters, rows: number): number {
  if (parameters.reduction !== 'mean') return 1;
  const [sum, weightOf] = [new CompensatedSum(), weightsOf(parameters)];
  for (let row = 0; row < rows; row++) sum.add(weightOf(row));
  return sum.value;
}

function checkReduction(operation: string, parameters: ReductionParameters, rows: number): void {
  const { reduction = 'none' } = parameters;
  if (!choices.includes(reduction)) {
    throw new DomainError({
      operation, argument: 'reduction', expected: choices.map(shown).join(', '), got: shown(reduction),
      remedy: (reduction as unknown) === 'batchmean' ? "Use 'mean', the mean over the rows, which torch calls 'batchmean'." : 'Choose one of these.',
    });
  }
  for (const argument of ['weights', 'mask'] as const) if (parameters[argument] !== undefined) checkList(operation, argument, parameters[argument], rows, reduction);
  if (reduction !== 'mean' || divisorOf(parameters, rows) > 0) return;
  throw new DomainError({
    operation, argument: 'reduction', expected: 'a row that counts, for a mean', got: rows === 0 ? 'no rows' : 'weights that are all 0', remedy: "Use 'sum', which is 0 of no rows, or leave out the empty batch.",
  });
}

function checkList(operation: string, argument: 'weights' | 'mask', list: unknown, rows: number, reduction: string): void {
  const wrong = (expected: string, got: string, row?: number): DomainError => new DomainError({
    operation, argument, expected, got, ...(row !== undefined && { row }), remedy: argument === 'mask' ? 'Give true or 1 for each row that counts, false or 0 for the others.' : 'Give each row a number ≥ 0.',
  });
  if (reduction === 'none') {
    throw new DomainError({ operation, argument, expected: "reduction: 'sum' or 'mean' beside it", got: "reduction: 'none'", remedy: 'It says which rows count in a sum or a mean.' });
  }
  if (!isList(list)) throw wrong(argument === 'mask' ? 'a list of booleans or of 0 and 1' : 'a list of numbers ≥ 0', shown(list));
  if (list.length !== rows) {
    throw new ShapeError({
      operation, argument, expected: `one for each of the ${rows} rows`, got: `${list.length}`,
      remedy: "It is of rows: an outcome counts for nothing if its logit is −Infinity, or its weight 0 with form: 'weights'.",
    });
  }
  for (let row = 0; row < rows; row++) {
    const x: unknown = list[row];
    if (argument === 'mask' && x !== true && x !== false && x !== 0 && x !== 1) throw wrong('true, false, 1 or 0', shown(x), row);
    if (argument === 'weights' && !(typeof x === 'number' && x >= 0 && Math.fround(x) < Infinity)) throw wrong('finite numbers ≥ 0', shown(x), row);
  }
}
