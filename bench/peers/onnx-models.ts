import { onnx } from 'onnx-proto';
import { axes, graphs, identityMatrix, scalars, type OnnxNode } from './onnx-graphs.ts';
import type { Work } from './work.ts';

const FLOAT = onnx.TensorProto.DataType.FLOAT;
const OPSET = 13; // ReduceSum takes its axes as an input from here on
const IR_VERSION = 8;

/** The inputs of every model, in the order of the batches. */
export const INPUTS = ['p', 'q'] as const;

/** The bytes of an ONNX model with the inputs p and q and the output d. */
export function modelOf(work: Work): Uint8Array {
  const { task, outcomes, batches } = work;
  const nodes = graphs[task];
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: 'work',
      node: nodes.map(encoded),
      input: batches.map(({ rows }, index) => valueInfo(INPUTS[index]!, [rows, outcomes])),
      output: [valueInfo('d', shapeOfResult(work))],
      initializer: constantsOf(nodes, outcomes),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function encoded({ opType, input, output, attributes }: OnnxNode): onnx.INodeProto {
  return {
    opType,
    input: [...input],
    output: [output],
    attribute: Object.entries(attributes).map(([name, i]) => ({
      name,
      type: onnx.AttributeProto.AttributeType.INT,
      i,
    })),
  };
}

function constantsOf(nodes: readonly OnnxNode[], outcomes: number): onnx.ITensorProto[] {
  const named = [...new Set(nodes.flatMap(({ input }) => input))];
  return named.flatMap((name): onnx.ITensorProto[] => {
    if (name in axes) {
      return [{ name, dataType: onnx.TensorProto.DataType.INT64, dims: [1], int64Data: [axes[name]!] }];
    }
    if (name in scalars) return [{ name, dataType: FLOAT, dims: [], floatData: [scalars[name]!] }];
    if (name !== 'identity') return [];
    return [{ name, dataType: FLOAT, dims: [outcomes, outcomes], floatData: identityMatrix(outcomes) }];
  });
}

function shapeOfResult({ task, outcomes, batches: [p, q] }: Work): number[] {
  if (task === 'KL of all pairs') return [p!.rows, q!.rows];
  if (task === '100 EG steps') return [p!.rows, outcomes];
  return task === 'Fisher information' ? [p!.rows, outcomes, outcomes] : [p!.rows];
}

function valueInfo(name: string, dims: readonly number[]): onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } };
}
