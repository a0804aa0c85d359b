import { blockUntilReady, init, jit, nn, numpy as np } from '@jax-js/jax';
import { EXPONENTS, SCALE, STEP_SIZE, STEPS, type Peer, type Prepared, type Task, type Work } from '../work.ts';
import { versionOf } from '../versions.ts';

type TaskFunction = (p: np.Array, q: np.Array) => np.Array;

const [a, b] = EXPONENTS;

/** Steps in one compiled function: it compiles long ones slowly, and has no loops. */
const STEPS_A_CALL = 5;

/** w ← w e^(η t/w), of mass 1. */
const descend = jit((start: np.Array, target: np.Array) => {
  const scaled = target.mul(STEP_SIZE);
  let w = start;
  for (let step = 0; step < STEPS_A_CALL; step++) {
    const moved = w.ref.mul(np.exp(scaled.ref.div(w)));
    w = moved.ref.div(np.sum(moved, 1, { keepdims: true }));
  }
  scaled.dispose();
  return w;
});

/**
 * Each task in the fastest of the ways that were tried, but for log(p/q), which is wrong where p is near q. Every
 * argument is consumed where it stands without `.ref`.
 */
const tasks: Readonly<Record<Task, TaskFunction>> = {
  KL: jit((p: np.Array, q: np.Array) => np.sum(p.ref.mul(np.log(p).sub(np.log(q))), 1)),
  'α = 0.3': jit((p: np.Array, q: np.Array) => {
    const terms = np.exp(np.log(p).mul(a).add(np.log(q).mul(b)));
    return np.sum(terms, 1).mul(-SCALE).add(SCALE);
  }),
  Hellinger: jit((p: np.Array, q: np.Array) =>
    np
      .sum(np.sqrt(p.mul(q)), 1)
      .mul(-4)
      .add(4),
  ),
  // Compiled as one, it would take twice as long: the logarithms of the masses are then computed for every outcome.
  'KL of logits'(p, q) {
    const [logP, logQ] = [nn.logSoftmax(p, 1), nn.logSoftmax(q, 1)];
    return np.sum(np.exp(logP.ref).mul(logP.sub(logQ)), 1);
  },
  'KL of all pairs': jit((p: np.Array, q: np.Array) => {
    const entropies = np.sum(p.ref.mul(np.log(p.ref)), 1, { keepdims: true });
    return entropies.sub(np.matmul(p, np.log(q).transpose()));
  }),
  '100 EG steps'(p, target) {
    let w = p;
    for (let done = 0; done < STEPS; done += STEPS_A_CALL) w = descend(w, target.ref);
    target.dispose();
    return w;
  },
  'Fisher information': jit((p: np.Array) => {
    const [rows, outcomes] = p.shape as [number, number];
    const [columns, row] = [p.ref.reshape([rows, outcomes, 1]), p.reshape([rows, 1, outcomes])];
    return columns.mul(np.eye(outcomes).sub(row));
  }),
};

function peerOn(backend: 'webgpu' | 'wasm'): Peer {
  const place = ({ batches, outcomes }: Work): np.Array[] =>
    batches.map(({ data, rows }) => np.array(data, { shape: [rows, outcomes], device: backend }));
  const compute = async ({ task }: Work, inputs: readonly np.Array[]): Promise<Float32Array> =>
    (await tasks[task](...(inputs as [np.Array, np.Array])).data()) as Float32Array;
  return {
    library: 'jax-js',
    version: versionOf('@jax-js/jax'),
    backend,
    async start() {
      const devices = await init(backend);
      if (!devices.includes(backend)) throw new Error(`jax-js has no ${backend} here`);
    },
    async prepare(work: Work): Promise<Prepared> {
      if (backend === 'wasm') return { run: () => compute(work, place(work)), dispose() {} };
      const inputs = place(work);
      await blockUntilReady(inputs);
      return {
        run: () =>
          compute(
            work,
            inputs.map((input) => input.ref),
          ),
        dispose: () => inputs.forEach((input) => input.dispose()),
      };
    },
  };
}

export const peers: readonly Peer[] = [peerOn('webgpu'), peerOn('wasm')];
