import { EXPONENTS, SCALE, STEP_SIZE, STEPS, type Peer, type Prepared, type Task, type Work } from '../work.ts';

type Rows = Float32Array;
type RowFunction = (p: Rows, q: Rows) => number;

function kl(p: Rows, q: Rows): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += p[k]! * Math.log(p[k]! / q[k]!);
  return sum;
}

function alphaDivergence(p: Rows, q: Rows): number {
  const [a, b] = EXPONENTS;
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += Math.pow(p[k]!, a) * Math.pow(q[k]!, b);
  return SCALE * (1 - sum);
}

function hellinger(p: Rows, q: Rows): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += Math.sqrt(p[k]! * q[k]!);
  return 4 * (1 - sum);
}

function klOfLogits(p: Rows, q: Rows): number {
  const [greatestP, greatestQ] = [greatest(p), greatest(q)];
  let [massP, massQ, sum] = [0, 0, 0];
  for (let k = 0; k < p.length; k++) {
    const weight = Math.exp(p[k]! - greatestP);
    massP += weight;
    massQ += Math.exp(q[k]! - greatestQ);
    sum += weight * (p[k]! - q[k]!);
  }
  return sum / massP - (greatestP + Math.log(massP)) + (greatestQ + Math.log(massQ));
}

function greatest(row: Rows): number {
  let most = -Infinity;
  for (let k = 0; k < row.length; k++) most = Math.max(most, row[k]!);
  return most;
}

/** Σ p log p − ⟨p, log q⟩ with each logarithm taken once. */
function klOfAllPairs(p: Rows, q: Rows, outcomes: number): Rows {
  const logQ = q.map((x) => Math.log(x));
  const [rows, columns] = [p.length / outcomes, q.length / outcomes];
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const start = i * outcomes;
    let entropy = 0;
    for (let k = 0; k < outcomes; k++) entropy += p[start + k]! * Math.log(p[start + k]!);
    for (let j = 0; j < columns; j++) {
      let product = 0;
      for (let k = 0; k < outcomes; k++) product += p[start + k]! * logQ[j * outcomes + k]!;
      out[i * columns + j] = entropy - product;
    }
  }
  return out;
}

function descend(p: Rows, target: Rows, outcomes: number): Rows {
  const out = p.slice();
  for (let start = 0; start < out.length; start += outcomes) {
    const w = out.subarray(start, start + outcomes);
    for (let step = 0; step < STEPS; step++) {
      let mass = 0;
      for (let k = 0; k < outcomes; k++) mass += w[k] = w[k]! * Math.exp((STEP_SIZE * target[start + k]!) / w[k]!);
      for (let k = 0; k < outcomes; k++) w[k]! /= mass;
    }
  }
  return out;
}

/** diag p − p pᵀ of each row. */
function fisherInformation(p: Rows, outcomes: number): Rows {
  const out = new Float32Array(p.length * outcomes);
  for (let start = 0; start < p.length; start += outcomes) {
    for (let i = 0; i < outcomes; i++) {
      const [x, at] = [p[start + i]!, (start + i) * outcomes];
      for (let j = 0; j < outcomes; j++) out[at + j] = -x * p[start + j]!;
      out[at + i]! += x;
    }
  }
  return out;
}

function eachRow(divergence: RowFunction): (p: Rows, q: Rows, outcomes: number) => Rows {
  return (p, q, outcomes) =>
    Float32Array.from({ length: p.length / outcomes }, (_, row) => {
      const [start, end] = [row * outcomes, (row + 1) * outcomes];
      return divergence(p.subarray(start, end), q.subarray(start, end));
    });
}

const tasks: Readonly<Record<Task, (p: Rows, q: Rows, outcomes: number) => Rows>> = {
  KL: eachRow(kl),
  'α = 0.3': eachRow(alphaDivergence),
  Hellinger: eachRow(hellinger),
  'KL of logits': eachRow(klOfLogits),
  'KL of all pairs': klOfAllPairs,
  '100 EG steps': descend,
  'Fisher information': (p, _, outcomes) => fisherInformation(p, outcomes),
};

/** What one writes without a library. */
export const peers: readonly Peer[] = [
  {
    library: 'plain loop',
    version: '',
    backend: 'cpu',
    start: () => Promise.resolve(),
    prepare: ({ task, outcomes, batches: [p, q] }: Work): Promise<Prepared> =>
      Promise.resolve({
        run: () => Promise.resolve(tasks[task](p!.data, (q ?? p!).data, outcomes)),
        dispose() {},
      }),
  },
];
