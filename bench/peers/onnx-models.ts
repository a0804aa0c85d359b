import { onnx } from 'onnx-proto';
import type { Task } from './work.ts';

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

const graphs: Readonly<Record<Task, readonly onnx.INodeProto[]>> = {
  KL: [
    node('Log', ['p'], 'log_p'),
    node('Log', ['q'], 'log_q'),
    node('Sub', ['log_p', 'log_q'], 'ratio'),
    node('Mul', ['p', 'ratio'], 'terms'),
    node('ReduceSum', ['terms', 'axes'], 'd', [dropped]),
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
};

function value(name: string, dims: readonly number[]): onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } };
}

/** The bytes of an ONNX model with the inputs p and q and the output d. */
export function modelOf(task: Task, rows: number, columns: number, outcomes: number): Uint8Array {
  const isOfPairs = task === 'KL of all pairs';
  const axes: onnx.ITensorProto = {
    name: 'axes',
    dataType: onnx.TensorProto.DataType.INT64,
    dims: [1],
    int64Data: [1],
  };
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: task,
      node: [...graphs[task]],
      input: [value('p', [rows, outcomes]), value('q', [columns, outcomes])],
      output: [value('d', isOfPairs ? [rows, columns] : [rows])],
      initializer: [axes],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}
