import {
  alphaDivergence,
  alphaDivergenceMatrix,
  fisherInformation,
  klDivergence,
  mirrorDescent,
  type Engine,
  type Tensor,
} from '../src/index.ts';
import { ALPHA, STEP_SIZE, STEPS, type Task, type Work } from './peers/work.ts';

/** How Dually does a task. */
interface OwnTask {
  /** The name by which `--only` chooses it. */
  readonly operation: string;
  readonly form: 'probabilities' | 'logits';
  readonly of: (p: Tensor, q: Tensor) => Tensor;
}

export const ownTasks: Readonly<Record<Task, OwnTask>> = {
  KL: { operation: 'klDivergence', form: 'probabilities', of: klDivergence },
  'α = 0.3': {
    operation: 'alphaDivergence',
    form: 'probabilities',
    of: (p, q) => alphaDivergence(p, q, { alpha: ALPHA }),
  },
  Hellinger: { operation: 'alphaDivergence', form: 'probabilities', of: (p, q) => alphaDivergence(p, q, { alpha: 0 }) },
  'KL of logits': { operation: 'klDivergence', form: 'logits', of: klDivergence },
  'KL of all pairs': {
    operation: 'alphaDivergenceMatrix',
    form: 'probabilities',
    of: (p, q) => alphaDivergenceMatrix(p, q, { alpha: -1 }),
  },
  '100 EG steps': {
    operation: 'mirrorDescent',
    form: 'probabilities',
    of: (p, targets) =>
      mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets }, { stepSize: STEP_SIZE, steps: STEPS }),
  },
  'Fisher information': {
    operation: 'fisherInformation',
    form: 'probabilities',
    of: (p) => fisherInformation(p, { coordinates: 'logits' }),
  },
};

/** The inputs of the work as tensors. */
export function placed({ task, outcomes, batches }: Work, engine: Engine): Tensor[] {
  return batches.map(({ data }) => engine.rows(data, { outcomes, form: ownTasks[task].form }));
}

/** The lazy result. */
export function resultOf({ task }: Work, inputs: readonly Tensor[]): Tensor {
  return ownTasks[task].of(...(inputs as [Tensor, Tensor]));
}
