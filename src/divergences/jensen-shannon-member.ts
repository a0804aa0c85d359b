import farSource from '../../shaders/divergences/jensen-shannon-far.wgsl?raw';
import termSource from '../../shaders/divergences/jensen-shannon-term.wgsl?raw';
import type { KernelTable, Piece } from '../engine/kernel.ts';
import { jensenShannonOfLogits, jensenShannonOfWeights, mixtureTable } from '../math/jensen-shannon.ts';
import { logitSumPieces, partsOfLogits } from './alpha-logits.ts';
import { memberNumber, type CpuMember } from './alpha-member.ts';
import { partsOfWeights, rowSumPieces, type RowDivergence } from './row-divergence.ts';

/** A function of the Jensen–Shannon divergence: itself, or its root. */
export interface JensenShannonMember<Parameters> {
  readonly weight: (parameters: Parameters) => number;
  /** WGSL of `divergence_of`, and its twin. */
  readonly member: Piece;
  readonly fromDivergence: (divergence: number) => number;
  /** The same as the CPU's fast path has it, times 1. */
  readonly cpu: CpuMember['kind'];
}

const far: Piece = { name: 'divergences/jensen-shannon-far.wgsl', source: farSource };
const term: Piece = { name: 'divergences/jensen-shannon-term.wgsl', source: termSource };

/** How a member is evaluated on rows of weights and on rows of logits. */
export function jensenShannonEvaluations<Parameters>({ weight, member, fromDivergence, cpu }: JensenShannonMember<Parameters>): Pick<RowDivergence<Parameters>, 'weights' | 'logits' | 'dearness'> {
  const table = (parameters: Parameters): KernelTable => ({
    key: `mixture ${weight(parameters)}`, type: 'vec4<u32>', make: () => mixtureTable(weight(parameters)),
  });
  return {
    dearness: { webgpu: 4, fast: 2 }, // lanes of a device go both ways, by the series and by logarithms
    weights: {
      pieces: () => [...rowSumPieces, term, member], table, parts: partsOfWeights,
      cpu: ({ parameters }) => ({ name: 'mixtureRows', tables: [table(parameters)], numbers: [memberNumber[cpu]] }),
      reference: (p, q, parameters) => fromDivergence(jensenShannonOfWeights(p, q, weight(parameters))),
    },
    logits: {
      pieces: () => [...logitSumPieces, term, far, member], table, parts: partsOfLogits,
      reference: (p, q, parameters) => fromDivergence(jensenShannonOfLogits(p, q, weight(parameters))),
    },
  };
}
