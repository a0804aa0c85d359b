import { axes, identityMatrix, scalars, type OnnxNode } from '../../bench/peers/onnx-graphs.ts';
import type { Work } from '../../bench/peers/work.ts';

/** A tensor of at most three dimensions, the missing ones in front of size 1. */
interface Cube {
  readonly dims: readonly [number, number, number];
  readonly at: (i: number, j: number, k: number) => number;
}

type Operator = (inputs: readonly Cube[], node: OnnxNode, axis: number) => Cube;

function evaluated(dims: Cube['dims'], value: Cube['at']): Cube {
  const numbers = new Float64Array(dims[0] * dims[1] * dims[2]);
  const index = (i: number, j: number, k: number): number => (i * dims[1] + j) * dims[2] + k;
  for (let i = 0; i < dims[0]; i++) for (let j = 0; j < dims[1]; j++) for (let k = 0; k < dims[2]; k++) numbers[index(i, j, k)] = value(i, j, k);
  return { dims, at: (i, j, k) => numbers[index(dims[0] === 1 ? 0 : i, dims[1] === 1 ? 0 : j, dims[2] === 1 ? 0 : k)]! };
}

const each = (of: (x: number) => number): Operator => ([x]) => evaluated(x!.dims, (...at) => of(x!.at(...at)));
const both = (of: (x: number, y: number) => number): Operator => ([x, y]) =>
  evaluated(x!.dims.map((size, axis) => Math.max(size, y!.dims[axis]!)) as [number, number, number], (...at) => of(x!.at(...at), y!.at(...at)));

const rowSum = ({ dims, at }: Cube): Cube =>
  evaluated([dims[0], dims[1], 1], (i, j) => Array.from({ length: dims[2] }, (_, k) => at(i, j, k)).reduce((sum, x) => sum + x, 0));
const softmax = (x: Cube): Cube => {
  const weights = each(Math.exp)([x], {} as OnnxNode, 0);
  return both((weight, mass) => weight / mass)([weights, rowSum(weights)], {} as OnnxNode, 0);
};

const operators: Readonly<Record<string, Operator>> = {
  Log: each(Math.log),
  Exp: each(Math.exp),
  Sqrt: each(Math.sqrt),
  Identity: each((x) => x),
  Add: both((x, y) => x + y),
  Sub: both((x, y) => x - y),
  Mul: both((x, y) => x * y),
  Div: both((x, y) => x / y),
  Softmax: ([x]) => softmax(x!),
  LogSoftmax: ([x]) => each(Math.log)([softmax(x!)], {} as OnnxNode, 0),
  ReduceSum: ([x], { attributes }) => {
    const sums = rowSum(x!);
    return attributes.keepdims === 0 ? evaluated([1, 1, sums.dims[1]], (_i, _j, k) => sums.at(0, k, 0)) : sums;
  },
  Transpose: ([x]) => evaluated([1, x!.dims[2], x!.dims[1]], (_, j, k) => x!.at(0, k, j)),
  MatMul: ([x, y]) => evaluated([1, x!.dims[1], y!.dims[2]], (_, j, k) => {
    let sum = 0;
    for (let m = 0; m < x!.dims[2]; m++) sum += x!.at(0, j, m) * y!.at(0, m, k);
    return sum;
  }),
  Unsqueeze: ([x], _, axis) =>
    axis === 2
      ? evaluated([x!.dims[1], x!.dims[2], 1], (i, j) => x!.at(0, i, j))
      : evaluated([x!.dims[1], 1, x!.dims[2]], (i, _j, k) => x!.at(0, i, k)),
};

/** The output d of a graph, in f64, by the definitions of its operators (https://onnx.ai/onnx/operators). */
export function interpreted(nodes: readonly OnnxNode[], { outcomes, batches }: Work): Float32Array {
  const values = new Map<string, Cube>();
  batches.forEach(({ data, rows }, index) => values.set('pq'[index]!, evaluated([1, rows, outcomes], (_, j, k) => data[j * outcomes + k]!)));
  for (const [name, value] of Object.entries(scalars)) values.set(name, evaluated([1, 1, 1], () => value));
  const diagonal = identityMatrix(outcomes);
  values.set('identity', evaluated([1, outcomes, outcomes], (_, j, k) => diagonal[j * outcomes + k]!));
  for (const node of nodes) {
    const inputs = node.input.filter((name) => !(name in axes)).map((name) => values.get(name)!);
    values.set(node.output, operators[node.opType]!(inputs, node, axes[node.input.at(-1)!] ?? 1));
  }
  const { dims, at } = values.get('d')!;
  const out = new Float32Array(dims[0] * dims[1] * dims[2]);
  for (let index = 0; index < out.length; index++) out[index] = at(Math.floor(index / dims[1] / dims[2]), Math.floor(index / dims[2]) % dims[1], index % dims[2]);
  return out;
}
