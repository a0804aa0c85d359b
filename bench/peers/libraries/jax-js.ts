import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np } from '@jax-js/jax';
import { versionOf } from '../versions.ts';
import type { Peer, Prepared, Work } from '../work.ts';

type Divergence = (p: np.Array, q: np.Array) => np.Array;

/** Every argument is consumed where it stands without `.ref`. */
const divergences: Readonly<Record<Work['task'], Divergence>> = {
  KL: jit((p: np.Array, q: np.Array) => np.sum(p.ref.mul(np.log(p).sub(np.log(q))), 1)),
  'KL of logits': jit((p: np.Array, q: np.Array) => {
    const [logP, logQ] = [nn.logSoftmax(p, 1), nn.logSoftmax(q, 1)];
    return np.sum(np.exp(logP.ref).mul(logP.sub(logQ)), 1);
  }),
  'KL of all pairs': jit((p: np.Array, q: np.Array) => {
    const entropies = np.sum(p.ref.mul(np.log(p.ref)), 1, { keepdims: true });
    return entropies.sub(np.matmul(p, np.log(q).transpose()));
  }),
};

export const peers: readonly Peer[] = [
  {
    library: 'jax-js',
    version: versionOf('@jax-js/jax'),
    backend: 'webgpu',
    async start() {
      const devices = await init('webgpu');
      if (!devices.includes('webgpu')) throw new Error('jax-js finds no WebGPU device here');
      defaultDevice('webgpu');
    },
    async prepare({ task, rows, columns, outcomes, p, q }: Work): Promise<Prepared> {
      const [x, y] = [np.array(p).reshape([rows, outcomes]), np.array(q).reshape([columns, outcomes])];
      await blockUntilReady([x, y]);
      return {
        run: async () => (await divergences[task](x.ref, y.ref).data()) as Float32Array,
        dispose() {
          x.dispose();
          y.dispose();
        },
      };
    },
  },
];
