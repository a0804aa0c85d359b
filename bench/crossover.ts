import { ofExample } from '../host/examples.ts';
import type { Operation } from '../src/engine/operation.ts';
import { openEngine, type Engine } from '../src/index.ts';
import { inputsOf, randomInputs } from './inputs.ts';
import { wallTime } from './measure.ts';
import { parametersOf } from './operations.ts';
import type { Crossover } from './report.ts';
import { interleave, Subject } from './rounds.ts';
import { fitted } from './shapes.ts';

export const OUTCOMES = 256;
const LARGEST_BATCH = 4096;
const PACE = { rounds: 5, budget: 200 };

/** The smallest power of two of rows that an engine left to itself computes sooner on this device than on the CPU. */
export async function crossoverOf(operation: Operation, device: GPUDevice): Promise<Crossover> {
  const largest = (await fitted(operation, { rows: LARGEST_BATCH, outcomes: OUTCOMES }))?.rows ?? 0;
  const cpu = await openEngine({ backend: 'cpu' });
  const webgpu = await openEngine({ device });
  try {
    for (let rows = 1; rows <= largest; rows *= 2) {
      const [onWebgpu, onCpu] = subjectsOf(operation, rows, webgpu, cpu);
      await interleave([onWebgpu, onCpu], PACE);
      if (onWebgpu.sample.minimum < onCpu.sample.minimum) return { operation: operation.name, rows, largest };
    }
    return { operation: operation.name, rows: null, largest };
  } finally {
    webgpu.dispose();
    cpu.dispose();
  }
}

function subjectsOf(operation: Operation, rows: number, webgpu: Engine, cpu: Engine): [Subject, Subject] {
  const data = randomInputs(operation, { rows, outcomes: OUTCOMES });
  const subject = (engine: Engine, backend: 'webgpu' | 'cpu'): Subject => {
    const inputs = inputsOf(engine, operation, OUTCOMES, data);
    return new Subject(() => wallTime(() => ofExample(operation, inputs, parametersOf(operation)), backend));
  };
  return [subject(webgpu, 'webgpu'), subject(cpu, 'cpu')];
}
