import { onnx } from 'onnx-proto';
import { EXPONENTS, SCALE, STEP_SIZE, STEPS, type Task, type Work } from './work.ts';

const FLOAT = onnx.TensorProto.DataType.FLOAT;
const OPSET = 13; // ReduceSum takes its axes as an input from here on
const IR_VERSION = 8;

/** One operator: its kind, its inputs, the name of its output. */
function node(
  opType: string,
  input: string[],
  output: string,
  attribute: onnx.IAttributeProto[] = [],
): onnx.INodeProto {
  return { opType, input, output: [output], attribute };
}

const alongRows: onnx.IAttributeProto = { name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 1 };
const dropped: onnx.IAttributeProto = { name: 'keepdims', type: onnx.AttributeProto.AttributeType.INT, i: 0 };

/** One step on the logarithms x of unnormalised weights: x ← x + η q / softmax x. */
function steps(): onnx.INodeProto[] {
  const each = Array.from({ length: STEPS }, (_, step) => [
    node('Div', ['scaled', `w${step}`], `gradient${step}`),
    node('Add', [`x${step}`, `gradient${step}`], `x${step + 1}`),
    node('Softmax', [`x${step + 1}`], step + 1 === STEPS ? 'd' : `w${step + 1}`, [alongRows]),
  ]);
  return [
    node('Mul', ['q', 'step_size'], 'scaled'),
    node('Log', ['p'], 'x0'),
    node('Identity', ['p'], 'w0'),
    ...each.flat(),
  ];
}

/** Each task in the fastest of the ways that were tried: one logarithm of a ratio, say, instead of two. */
const graphs: Readonly<Record<Task, readonly onnx.INodeProto[]>> = {
  KL: [
    node('Div', ['p', 'q'], 'ratio'),
    node('Log', ['ratio'], 'log_ratio'),
    node('Mul', ['p', 'log_ratio'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'd', [dropped]),
  ],
  'α = 0.3': [
    node('Div', ['q', 'p'], 'ratio'),
    node('Log', ['ratio'], 'log_ratio'),
    node('Mul', ['log_ratio', 'b'], 'exponents'),
    node('Exp', ['exponents'], 'powers'),
    node('Mul', ['p', 'powers'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'affinity', [dropped]),
    node('Sub', ['one', 'affinity'], 'loss'),
    node('Mul', ['loss', 'scale'], 'd'),
  ],
  Hellinger: [
    node('Mul', ['p', 'q'], 'products'),
    node('Sqrt', ['products'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'affinity', [dropped]),
    node('Sub', ['one', 'affinity'], 'loss'),
    node('Mul', ['loss', 'four'], 'd'),
  ],
  'KL of logits': [
    node('LogSoftmax', ['p'], 'log_p', [alongRows]),
    node('LogSoftmax', ['q'], 'log_q', [alongRows]),
    node('Exp', ['log_p'], 'weights'),
    node('Sub', ['log_p', 'log_q'], 'ratio'),
    node('Mul', ['weights', 'ratio'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'd', [dropped]),
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

/** A constant that graphs name, by the number of outcomes. */
type Constant = (outcomes: number) => Omit<onnx.ITensorProto, 'name'>;

const axis =
  (index: number): Constant =>
  () => ({ dataType: onnx.TensorProto.DataType.INT64, dims: [1], int64Data: [index] });
const scalar =
  (value: number): Constant =>
  () => ({ dataType: FLOAT, dims: [], floatData: [value] });

const constants: Readonly<Record<string, Constant>> = {
  axes: axis(1),
  last: axis(2),
  b: scalar(EXPONENTS[1]),
  scale: scalar(SCALE),
  one: scalar(1),
  four: scalar(4),
  step_size: scalar(STEP_SIZE),
  identity: (outcomes) => ({
    dataType: FLOAT,
    dims: [outcomes, outcomes],
    floatData: Array.from({ length: outcomes ** 2 }, (_, at) => (at % (outcomes + 1) === 0 ? 1 : 0)),
  }),
};

/** Of the inputs of a model, in the order of the batches. */
export const INPUTS = ['p', 'q'] as const;

function shapeOfResult({ task, outcomes, batches: [p, q] }: Work): number[] {
  if (task === 'KL of all pairs') return [p!.rows, q!.rows];
  if (task === '100 EG steps') return [p!.rows, outcomes];
  return task === 'Fisher information' ? [p!.rows, outcomes, outcomes] : [p!.rows];
}

function valueInfo(name: string, dims: readonly number[]): onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } };
}

/** The bytes of an ONNX model with the inputs p and q and the output d. */
export function modelOf(work: Work): Uint8Array {
  const { task, outcomes, batches } = work;
  const nodes = graphs[task];
  const isUsed = (name: string): boolean => nodes.some(({ input }) => input?.includes(name));
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: 'work',
      node: [...nodes],
      input: batches.map(({ rows }, index) => valueInfo(INPUTS[index]!, [rows, outcomes])),
      output: [valueInfo('d', shapeOfResult(work))],
      initializer: Object.entries(constants)
        .filter(([name]) => isUsed(name))
        .map(([name, constant]) => ({ name, ...constant(outcomes) })),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}
