import { DomainError, ShapeError, shown } from '../engine/errors.ts';
import { isLogits } from '../engine/forms.ts';
import { apply, batchSize, checkChoice, checkOutcomes, type Operand, type Operation, type Tolerance } from '../engine/operation.ts';
import { typedArrayName } from '../engine/tags.ts';
import type { Tensor } from '../engine/tensor.ts';
import { weights } from '../math/alpha-family.ts';
import { alphaGradientOfLogits, alphaGradientOfWeights } from '../math/alpha-gradient.ts';
import { mixtureGradientOfLogits } from '../math/mixture-gradient.ts';
import { tempering, type TemperatureParameters } from '../math/temperature.ts';
import { alphaDivergence } from './alpha-divergence.ts';
import { exampleAlphas, unsupportedAlpha, type AlphaMember } from './alpha-member.ts';
import { gradientCall } from './gradient-call.ts';
import { gradientKernel, type MemberGradient, type Side } from './gradient-kernel.ts';
import { divideGradient, gradientOverTemperature } from './gradient-scaled.ts';
import { hellingerDistance } from './hellinger-distance.ts';
import { jensenShannonDivergence } from './jensen-shannon-divergence.ts';
import { klDivergence } from './kl-divergence.ts';
import { mixtureGradient } from './mixture-gradient.ts';
import { checkForms, pairArguments, type RowDivergence } from './row-divergence.ts';

interface WithReference<Parameters> {
  readonly operation: Pick<Operation<NoInfer<Parameters>>, 'reference'>;
}

interface DifferentiableMember<Parameters> extends WithReference<Parameters> {
  readonly alphaMember: AlphaMember<Parameters>;
}

interface DifferentiableMixture<Parameters> extends WithReference<Parameters> {
  readonly divergence: RowDivergence<NoInfer<Parameters>>;
  /** The weight of p. */
  readonly mixtureWeight: (parameters: Parameters) => number;
}

/** A divergence of the α-family, as `alphaDivergence` or `klDivergence`; of rows of logits also `jensenShannonDivergence`. */
export type Differentiable<Parameters> = DifferentiableMember<Parameters> | DifferentiableMixture<Parameters>;

/** What a gradient is asked for, beside the divergence's own parameters. */
export type GradientParameters<Parameters> = NoInfer<Parameters> & TemperatureParameters & {
  readonly divergence: Differentiable<Parameters>;
  /** The row that the gradient is taken in; the other one is held fixed. */
  readonly of: Side;
};

type Request = GradientParameters<object>;

const source = 'Amari & Nagaoka 2000, §3.2; Amari 2016, §4';
const examples: readonly Request[] = [
  ...exampleAlphas.map(({ alpha }, index) => erased({ divergence: alphaDivergence, of: index % 2 === 0 ? 'q' : 'p', alpha })),
  ...(['p', 'q'] as const).flatMap((of) => [{ divergence: klDivergence, of }, { divergence: hellingerDistance, of }]),
];

/** The record of an operation knows no parameters of this or that divergence; whoever calls is held to them by the types. */
function erased<Parameters extends object>(parameters: GradientParameters<Parameters>): Request {
  return parameters as unknown as Request;
}

const isMixture = (divergence: Request['divergence']): divergence is DifferentiableMixture<object> => 'mixtureWeight' in divergence;
const memberOf = ({ divergence }: Request): AlphaMember<object> => (divergence as DifferentiableMember<object>).alphaMember;
const gradientOf = (request: Request): MemberGradient => ({ member: memberOf(request), parameters: request, of: request.of });
/** Of Jensen–Shannon, which is no member, 0 stands for the accuracy of what is near. */
const alphaOf = (request: Request): number => (isMixture(request.divergence) ? 0 : memberOf(request).alpha(request));

function defineGradient(name: string, formula: string, valued: 0 | 1): Operation<Request> {
  return withTemperature(definePlainGradient(name, formula, valued), valued);
}

/** The same of logits over a temperature T: the gradient in z/T, over T. */
function withTemperature(plain: Operation<Request>, valued: 0 | 1): Operation<Request> {
  const operation = tempering(plain);
  const temperatureOf = ({ temperature = 1 }: Request): number => temperature;
  return {
    ...operation,
    compose(inputs, request) {
      const gradient = operation.compose?.(inputs, request);
      return gradient && temperatureOf(request) !== 1 ? gradientOverTemperature(gradient, { temperature: temperatureOf(request), valued }) : gradient;
    },
    reference(operands, request) {
      const write = operation.reference(operands, request);
      return function* (row, out) {
        yield* write(row, out) ?? [];
        divideGradient(out, { temperature: temperatureOf(request), valued });
      };
    },
  };
}

function definePlainGradient(name: string, formula: string, valued: 0 | 1): Operation<Request> {
  const operation: Operation<Request> = {
    name, usage: `${name}(p, q, { divergence, of })`, formula, source, parameters: ['divergence', 'of'], examples, arguments: pairArguments,
    check(request, [p, q]) {
      checkDivergence(name, request.divergence);
      checkChoice(name, 'of', request.of, ['p', 'q']);
      if (isMixture(request.divergence)) checkMixture(name, request.divergence.divergence, request, p!, q!);
      else memberOf(request).check?.(request);
      checkOutcomes(name, 'q', q!, p!.width);
      checkForms(name, p!, q!, true);
    },
    result: (inputs) => ({ shape: [batchSize(operation, inputs), valued + inputs[0]!.width], form: 'values' }),
    unsupported: (request) => unsupportedAlpha(alphaOf(request)),
    dearness: () => ({ webgpu: 6 }), // three sweeps, and a result as long as a row
    tolerance: toleranceOf(valued),
    kernel: gradientKernel(gradientOf, valued === 1),
    compose: (inputs, request) => composed(inputs, request, valued),
    cpu: ({ parameters, inputs }) => (isMixture(parameters.divergence) ? undefined : gradientCall(gradientOf(parameters), valued === 1, inputs)),
    reference: (operands, request) => rowGradient(operands, request, valued),
  };
  return operation;
}

function toleranceOf(valued: 0 | 1): Tolerance<Request> {
  return {
    ulps: (request) => (Math.abs(alphaOf(request)) <= 3 ? 8 : 32), relativeTo: 'row',
    reason: 'slopes of 3 ulp, less their mean in a compensated sum; relative to the largest finite entry of the gradient, and a value to itself',
    compare: () => (_row, got, expected) => Math.max(
      valued === 1 ? worstError(got, expected, 0, 1) : 0,
      worstError(got, expected, valued, expected.length),
    ),
  };
}

const smallestNormal = 2 ** -126;
const inFloat = (x: number): number => (Math.abs(x) > 3.4028234663852886e38 ? Math.sign(x) * Infinity : x);

/** The worst error of entries from … to, relative to the largest finite one; an infinity has to be met. */
function worstError(got: ArrayLike<number>, expected: ArrayLike<number>, from: number, to: number): number {
  let [scale, worst] = [smallestNormal, 0];
  for (let k = from; k < to; k++) if (Number.isFinite(inFloat(expected[k]!))) scale = Math.max(scale, Math.abs(expected[k]!));
  for (let k = from; k < to; k++) {
    const [x, y] = [got[k]!, inFloat(expected[k]!)];
    if (x === y || Math.abs(x - y) <= smallestNormal) continue; // less may be flushed to zero
    worst = Math.max(worst, Number.isFinite(x) && Number.isFinite(y) ? Math.abs(x - y) / scale : Infinity);
  }
  return worst;
}

function rowGradient([p, q]: readonly Operand[], request: Request, valued: 0 | 1): (row: number, out: Float64Array) => void {
  const { divergence, of } = request;
  if (isMixture(divergence)) return mixtureRows([p!, q!], request, divergence, valued);
  const { slope } = memberOf(request);
  const [own, other] = of === 'p' ? [p!, q!] : [q!, p!];
  const exponents = weights(of === 'p' ? alphaOf(request) : -alphaOf(request));
  const gradient = isLogits(p!.form) ? alphaGradientOfLogits : alphaGradientOfWeights;
  const writeValue = divergence.operation.reference([p!, q!], request);
  const value = new Float64Array(1);
  return (row, out) => {
    const gradients = out.subarray(valued);
    gradient(own.row(row), other.row(row), exponents, gradients);
    if (valued === 0 && slope === 1) return;
    writeValue(row, value);
    if (valued === 1) out[0] = value[0]!;
    if (slope === 1 || slope === undefined) return;
    const factor = slope.of(value[0]!, request);
    for (let k = 0; k < gradients.length; k++) gradients[k] = gradients[k] === 0 || factor === 0 ? 0 : gradients[k]! * factor;
  };
}

/** Of the Jensen–Shannon divergence, from its own kernels. */
function composed(inputs: readonly Tensor[], request: Request, valued: 0 | 1): Tensor | undefined {
  const { divergence, of } = request;
  if (!isMixture(divergence)) return undefined;
  const weight = divergence.mixtureWeight(request);
  const [p, q] = inputs;
  return mixtureGradient(inputs, { of, weight }, valued === 1 ? jensenShannonDivergence(p!, q!, { weight }) : undefined);
}

function mixtureRows([p, q]: readonly Operand[], request: Request, { operation, mixtureWeight }: DifferentiableMixture<object>, valued: 0 | 1): (row: number, out: Float64Array) => void {
  const weight = mixtureWeight(request);
  const writeValue = operation.reference([p!, q!], request);
  const [own, other, share] = request.of === 'p' ? [p!, q!, weight] : [q!, p!, 1 - weight];
  return (row, out) => {
    if (valued === 1) writeValue(row, out.subarray(0, 1));
    mixtureGradientOfLogits(own.row(row), other.row(row), share, out.subarray(valued));
  };
}

function checkMixture(operation: string, divergence: RowDivergence<object>, request: Request, p: Tensor, q: Tensor): void {
  divergence.check?.(request);
  for (const [argument, { form }] of [['p', p], ['q', q]] as const) {
    if (isLogits(form)) continue;
    throw new DomainError({ operation, argument, expected: 'rows of logits or log-probabilities', got: `rows of ${form}`, remedy: "The gradient of jensenShannonDivergence is one in logits: wrap logarithms with form: 'logits'." });
  }
}

function checkDivergence(operation: string, divergence: unknown): void {
  if (typeof divergence === 'function' && ('mixtureWeight' in divergence || (divergence as Partial<DifferentiableMember<object>>).alphaMember?.slope !== undefined)) return;
  throw new DomainError({
    operation, argument: 'divergence', expected: 'a divergence of the α-family', got: typeof divergence === 'function' ? divergence.name || 'another function' : shown(divergence),
    remedy: 'Pass the function itself, such as alphaDivergence or klDivergence.',
  });
}

const gradientOperation = defineGradient('euclideanGradient', '∂D(p‖q)/∂p or ∂D(p‖q)/∂q, of logits ∂D/∂logits', 0);
const valuedOperation = defineGradient('valueAndGradient', 'D(p‖q) and ∂D(p‖q)/∂p or ∂D(p‖q)/∂q, of logits ∂D/∂logits', 1);

export interface ValuesAndGradients {
  /** One a row. */
  readonly values: Float32Array;
  /** [batchSize, outcomes], row-major. */
  readonly gradients: Float32Array;
}

/**
 * The gradient of a divergence of the α-family, of logits also of jensenShannonDivergence, in one of its rows, `of: 'p'` or `of: 'q'`, with the other row held fixed.
 *
 * Of rows of probabilities and of weights: the partial derivatives of D(p/Σp ‖ q/Σq) in the numbers of the row as they are
 * given, so that Σ_j p_j ∂D/∂p_j = 0: scaling the row changes nothing. On the simplex it differs from the derivatives of the
 * formula by a constant, which steps and natural gradients do not see. ∂D_α/∂p_j = (M − T_a(log q_j/p_j))/Σp with
 * T_a(x) = (e^(a x) − 1)/a, a = (1 + α)/2, M = Σ p T_a; of q with (1 − α)/2 and the rows exchanged.
 * Of logits and of log-probabilities: the derivatives in the logits, p_j (M − T_a(log q_j/p_j)), whose sum is 0; of q in
 * KL(p‖q) it is q − p. A member h(D_α) has the factor h′; the Hellinger distance has 0 where p = q, its kink.
 * Zeros: one-sided derivatives. Where p_j = 0 < q_j, ∂D_α/∂p_j is −∞ for α ≥ −1 and finite for α < −1; where q_j = 0,
 * ∂D_α/∂p_j is +∞ for α ≤ −1 and finite for α > −1; p and q exchange places with −α. Of logits, entries of probability 0
 * have 0. Where D itself is infinite, entries are the limits as the zeros are approached: infinite with the sign of the
 * mass that would leave (+) or come (−), or finite, such as q − p.
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize, outcomes].
 * Errors: ShapeError, DomainError; within 8 ulp of the largest finite entry of a row for |α| ≤ 3. |α| > 15 runs on the CPU.
 * Source: Amari & Nagaoka, Methods of Information Geometry (2000), §3.2; Amari, Information Geometry and Its Applications (2016).
 *
 * @example
 * const gradient = euclideanGradient(p, q, { divergence: klDivergence, of: 'q' });
 * const next = await mirrorDescentStep(q, gradient, { stepSize: 0.1 }).read();
 */
export const euclideanGradient: {
  <Parameters extends object>(p: Tensor, q: Tensor, parameters: GradientParameters<Parameters>): Tensor;
  readonly operation: Operation<Request>;
} = Object.assign(
  <Parameters extends object>(p: Tensor, q: Tensor, parameters: GradientParameters<Parameters>): Tensor => apply(gradientOperation, [p, q], erased(parameters)),
  { operation: gradientOperation },
);

/**
 * A divergence of the α-family and its `euclideanGradient`, in one pass over the rows: they share their sweeps.
 *
 * Shapes: p and q [batchSize, outcomes], either may have one row for all; the result is [batchSize, 1 + outcomes], in each
 * row the value and then the gradient. `valueAndGradient.split` takes the numbers apart.
 * Values are those of the divergence, in nats. Errors, conventions at zeros and source are those of `euclideanGradient`.
 *
 * @example
 * const both = await valueAndGradient(p, q, { divergence: alphaDivergence, alpha: 0.5, of: 'p' }).read();
 * const { values, gradients } = valueAndGradient.split(both, p.width);
 */
export const valueAndGradient: {
  <Parameters extends object>(p: Tensor, q: Tensor, parameters: GradientParameters<Parameters>): Tensor;
  readonly operation: Operation<Request>;
  /** The values and the gradients of a result that was read; both are copies. */
  readonly split: (numbers: Float32Array, outcomes: number) => ValuesAndGradients;
} = Object.assign(
  <Parameters extends object>(p: Tensor, q: Tensor, parameters: GradientParameters<Parameters>): Tensor => apply(valuedOperation, [p, q], erased(parameters)),
  { operation: valuedOperation, split },
);

function split(numbers: Float32Array, outcomes: number): ValuesAndGradients {
  const at = { operation: 'valueAndGradient.split', remedy: 'Pass what read() gave, and the outcomes of the rows.' };
  if (typedArrayName(numbers) !== 'Float32Array') throw new ShapeError({ ...at, argument: 'numbers', expected: 'a Float32Array', got: shown(numbers) });
  if (!(Number.isInteger(outcomes) && outcomes >= 1)) throw new ShapeError({ ...at, argument: 'outcomes', expected: 'a whole number of at least 1', got: shown(outcomes) });
  const width = outcomes + 1;
  if (numbers.length % width !== 0) throw new ShapeError({ ...at, argument: 'numbers', expected: `rows of ${width} numbers`, got: `${numbers.length} numbers` });
  const rows = numbers.length / width;
  const values = new Float32Array(rows);
  const gradients = new Float32Array(rows * outcomes);
  for (let row = 0; row < rows; row++) {
    values[row] = numbers[row * width]!;
    gradients.set(numbers.subarray(row * width + 1, (row + 1) * width), row * outcomes);
  }
  return { values, gradients };
}
