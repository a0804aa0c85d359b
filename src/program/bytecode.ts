import type { CpuCall } from '../engine/kernel.ts';
import type { Prepared } from './program.ts';

export declare function callOf(prepared: Prepared): CpuCall;
