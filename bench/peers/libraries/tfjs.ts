import * as tf from '@tensorflow/tfjs-core';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simdModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import threadedModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import plainModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import '@tensorflow/tfjs-backend-webgpu';
import { cores, EXPONENTS, SCALE, STEP_SIZE, STEPS, type Peer, type Prepared, type Task, type Work } from '../work.ts';
import { versionOf } from '../versions.ts';

type Matrix = tf.Tensor2D;

const [, b] = EXPONENTS;

/** Each task in the fastest of the ways that were tried. */
const tasks: Readonly<Record<Task, (p: Matrix, q: Matrix) => tf.Tensor>> = {
  KL: (p, q) => tf.sum(tf.mul(p, tf.log(tf.div(p, q))), 1),
  'α = 0.3'(p, q) {
    const terms = tf.mul(p, tf.exp(tf.mul(tf.log(tf.div(q, p)), b)));
    return tf.mul(SCALE, tf.sub(1, tf.sum(terms, 1)));
  },
  Hellinger: (p, q) => tf.mul(4, tf.sub(1, tf.sum(tf.sqrt(tf.mul(p, q)), 1))),
  'KL of logits'(p, q) {
    const weights = tf.softmax(p);
    return tf.sum(tf.mul(weights, tf.log(tf.div(weights, tf.softmax(q)))), 1);
  },
  'KL of all pairs': (p, q) => tf.sub(tf.sum(tf.mul(p, tf.log(p)), 1, true), tf.matMul(p, tf.transpose(tf.log(q)))),
  '100 EG steps'(p, target) {
    const scaled = tf.mul(target, STEP_SIZE);
    let x: tf.Tensor = tf.log(p); // w = softmax x
    for (let step = 0; step < STEPS; step++) {
      const last = x;
      x = tf.tidy(() => tf.add(last, tf.div(scaled, tf.softmax(last))));
      last.dispose();
    }
    return tf.softmax(x);
  },
  'Fisher information'(p) {
    const [rows, outcomes] = p.shape;
    const row = tf.reshape(p, [rows, 1, outcomes]);
    return tf.mul(tf.reshape(p, [rows, outcomes, 1]), tf.sub(tf.eye(outcomes), row));
  },
};

setWasmPaths({
  'tfjs-backend-wasm.wasm': plainModule,
  'tfjs-backend-wasm-simd.wasm': simdModule,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedModule,
});
setThreadsCount(cores()); // in vain in 4.22, which keeps to one thread (tensorflow/tfjs#8513)

function peerOn(backend: 'webgpu' | 'wasm'): Peer {
  const use = async (): Promise<void> => {
    if (tf.getBackend() !== backend && !(await tf.setBackend(backend)))
      throw new Error(`tfjs has no ${backend} backend here`);
  };
  const place = ({ batches, outcomes }: Work): Matrix[] =>
    batches.map(({ data, rows }) => tf.tensor2d(data, [rows, outcomes]));
  const compute = async ({ task }: Work, inputs: readonly Matrix[]): Promise<Float32Array> => {
    const result = tf.tidy(() => tasks[task](...(inputs as [Matrix, Matrix])));
    const numbers = (await result.data()) as Float32Array;
    result.dispose();
    return numbers;
  };
  return {
    library: 'tfjs',
    version: versionOf('@tensorflow/tfjs-core'),
    backend,
    start: use,
    async prepare(work: Work): Promise<Prepared> {
      await use();
      const inputs = backend === 'webgpu' ? place(work) : undefined;
      return {
        async run() {
          await use();
          if (inputs) return compute(work, inputs);
          const placed = place(work);
          const numbers = await compute(work, placed);
          tf.dispose(placed);
          return numbers;
        },
        dispose: () => tf.dispose(inputs),
      };
    },
  };
}

export const peers: readonly Peer[] = [peerOn('webgpu'), peerOn('wasm')];
