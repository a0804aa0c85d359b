import { version } from '../package.json';
import { alphaDivergenceMatrix, klDivergence, openEngine, type Engine, type Tensor } from '../src/index.ts';
import type { Peer, Prepared, Work } from './peers/work.ts';

const divergences: Readonly<Record<Work['task'], (p: Tensor, q: Tensor) => Tensor>> = {
  KL: klDivergence,
  'KL of logits': klDivergence,
  'KL of all pairs': (p, q) => alphaDivergenceMatrix(p, q, { alpha: -1 }),
};

/** Dually itself, timed like the others. */
export function duallyPeer(device: GPUDevice | undefined): Peer {
  let engine: Engine | undefined;
  return {
    library: 'dually',
    version,
    backend: device ? 'webgpu' : 'cpu',
    async start() {
      engine = await openEngine(device ? { device } : { backend: 'cpu' });
    },
    async prepare({ task, outcomes, p, q }: Work): Promise<Prepared> {
      const form = task === 'KL of logits' ? 'logits' : 'probabilities';
      const inputs = [p, q].map((data) => engine!.rows(data, { outcomes, form }));
      return {
        async run() {
          using result = divergences[task](inputs[0]!, inputs[1]!);
          return await result.read();
        },
        dispose: () => inputs.forEach((input) => input.dispose()),
      };
    },
  };
}
