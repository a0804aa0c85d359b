import { version } from '../package.json';
import { openEngine, type Engine, type Tensor } from '../src/index.ts';
import { placed, resultOf } from './peer-tasks.ts';
import type { Peer, Prepared, Work } from './peers/work.ts';

/** Dually itself, timed like the others. */
export function duallyPeer(device: GPUDevice | undefined): Peer {
  let engine: Engine | undefined;
  const backend = device ? 'webgpu' : 'cpu';
  const compute = async (work: Work, inputs: readonly Tensor[]): Promise<Float32Array> => {
    using result = resultOf(work, inputs);
    const numbers = await result.read();
    const report = result.report;
    if (report.backend !== backend) throw new Error(`It ran on the ${report.backend} backend: ${report.reason}.`);
    return numbers;
  };
  const drop = (inputs: readonly Tensor[]): void => inputs.forEach((input) => input.dispose());
  return {
    library: 'dually',
    version,
    backend,
    async start() {
      engine = await openEngine(device ? { device } : { backend });
    },
    async prepare(work: Work): Promise<Prepared> {
      const inputs = device ? placed(work, engine!) : undefined;
      return {
        async run() {
          if (inputs) return compute(work, inputs);
          const anew = placed(work, engine!);
          const numbers = await compute(work, anew);
          drop(anew);
          return numbers;
        },
        dispose: () => drop(inputs ?? []),
      };
    },
    stop: () => engine?.dispose(),
  };
}
