import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simdModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import threadedModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import plainModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import '@tensorflow/tfjs-backend-webgpu';
import { versionOf } from '../versions.ts';
import type { Peer, Prepared, Work } from '../work.ts';

type Matrix = tf.Tensor2D;

const divergences: Readonly<Record<Work['task'], (p: Matrix, q: Matrix) => tf.Tensor>> = {
  KL: (p, q) => tf.sum(tf.mul(p, tf.sub(tf.log(p), tf.log(q))), 1),
  'KL of logits'(p, q) {
    const [logP, logQ] = [tf.logSoftmax(p), tf.logSoftmax(q)];
    return tf.sum(tf.mul(tf.exp(logP), tf.sub(logP, logQ)), 1);
  },
  'KL of all pairs': (p, q) => tf.sub(tf.sum(tf.mul(p, tf.log(p)), 1, true), tf.matMul(p, tf.log(q), false, true)),
};

setWasmPaths({
  'tfjs-backend-wasm.wasm': plainModule,
  'tfjs-backend-wasm-simd.wasm': simdModule,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedModule,
});

function peerOn(backend: 'webgpu' | 'wasm'): Peer {
  const use = async (): Promise<void> => {
    if (tf.getBackend() !== backend && !(await tf.setBackend(backend)))
      throw new Error(`tfjs has no ${backend} backend here`);
  };
  return {
    library: 'tfjs',
    version: versionOf('@tensorflow/tfjs-core'),
    backend,
    start: use,
    async prepare({ task, rows, columns, outcomes, p, q }: Work): Promise<Prepared> {
      await use();
      const [x, y] = [tf.tensor2d(p, [rows, outcomes]), tf.tensor2d(q, [columns, outcomes])];
      return {
        async run() {
          await use();
          const result = tf.tidy(() => divergences[task](x, y));
          const numbers = (await result.data()) as Float32Array;
          result.dispose();
          return numbers;
        },
        dispose: () => tf.dispose([x, y]),
      };
    },
  };
}

export const peers: readonly Peer[] = [peerOn('webgpu'), peerOn('wasm')];
