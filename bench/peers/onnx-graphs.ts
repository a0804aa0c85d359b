import { EXPONENTS, SCALE, STEP_SIZE, STEPS, type Task } from './work.ts';

/** An operator with one output. */
export interface OnnxNode {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, number>>;
}

function node(opType: string, input: string[], output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode {
  return { opType, input, output, attributes };
}

const alongRows = { axis: 1 };
const dropped = { keepdims: 0 };

/** One step on the logarithms x of unnormalised weights: x ← x + η q / softmax x. */
function steps(): OnnxNode[] {
  const each = Array.from({ length: STEPS }, (_, step) => [
    node('Div', ['scaled', `w${step}`], `gradient${step}`),
    node('Add', [`x${step}`, `gradient${step}`], `x${step + 1}`),
    node('Softmax', [`x${step + 1}`], step + 1 === STEPS ? 'd' : `w${step + 1}`, alongRows),
  ]);
  return [
    node('Mul', ['q', 'step_size'], 'scaled'),
    node('Log', ['p'], 'x0'),
    node('Identity', ['p'], 'w0'),
    ...each.flat(),
  ];
}

/** From p and q to d, each task in the fastest of the ways that were tried: one logarithm of a ratio, say, for two. */
export const graphs: Readonly<Record<Task, readonly OnnxNode[]>> = {
  KL: [
    node('Div', ['p', 'q'], 'ratio'),
    node('Log', ['ratio'], 'log_ratio'),
    node('Mul', ['p', 'log_ratio'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'd', dropped),
  ],
  'α = 0.3': [
    node('Div', ['q', 'p'], 'ratio'),
    node('Log', ['ratio'], 'log_ratio'),
    node('Mul', ['log_ratio', 'b'], 'exponents'),
    node('Exp', ['exponents'], 'powers'),
    node('Mul', ['p', 'powers'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'affinity', dropped),
    node('Sub', ['one', 'affinity'], 'loss'),
    node('Mul', ['loss', 'scale'], 'd'),
  ],
  Hellinger: [
    node('Mul', ['p', 'q'], 'products'),
    node('Sqrt', ['products'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'affinity', dropped),
    node('Sub', ['one', 'affinity'], 'loss'),
    node('Mul', ['loss', 'four'], 'd'),
  ],
  'KL of logits': [
    node('LogSoftmax', ['p'], 'log_p', alongRows),
    node('LogSoftmax', ['q'], 'log_q', alongRows),
    node('Exp', ['log_p'], 'weights'),
    node('Sub', ['log_p', 'log_q'], 'ratio'),
    node('Mul', ['weights', 'ratio'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'd', dropped),
  ],
  'KL of all pairs': [
    node('Log', ['p'], 'log_p'),
    node('Log', ['q'], 'log_q'),
    node('Mul', ['p', 'log_p'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'entropies'),
    node('Transpose', ['log_q'], 'transposed'),
    node('MatMul', ['p', 'transposed'], 'product'),
    node('Sub', ['entropies', 'product'], 'd'),
  ],
  '100 EG steps': steps(),
  'Fisher information': [
    node('Unsqueeze', ['p', 'last'], 'columns'),
    node('Unsqueeze', ['p', 'axes'], 'row'),
    node('Sub', ['identity', 'row'], 'others'),
    node('Mul', ['columns', 'others'], 'd'),
  ],
};

/** The axes that graphs name. */
export const axes: Readonly<Record<string, number>> = { axes: 1, last: 2 };

/** The numbers that graphs name; they also name the identity matrix. */
export const scalars: Readonly<Record<string, number>> = {
  b: EXPONENTS[1],
  scale: SCALE,
  one: 1,
  four: 4,
  step_size: STEP_SIZE,
};

export function identityMatrix(size: number): number[] {
  return Array.from({ length: size ** 2 }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
}
