import type { Regime } from '../kernel.ts';
import type { Limits } from '../plan.ts';
import type { Tensor } from '../tensor.ts';
import type { Gpu } from './gpu.ts';
import type { Memory } from './memory.ts';

/** A device as its runs see it. */
export interface DeviceContext {
  readonly gpu: Gpu;
  readonly memory: Memory;
  readonly limits: Limits;
  readonly softwareAdapter: boolean;
  readonly forcedRegime: Regime | undefined;
  /** The buffer that holds a whole tensor on the device, if one does. */
  resident(tensor: Tensor): GPUBuffer | undefined;
  allocateResident(tensor: Tensor): Promise<GPUBuffer>;
}
