import type { Kernel } from '../engine/kernel.ts';
import type { Dispatch } from '../engine/kernel.ts';
import type { Prepared } from './program.ts';

export declare function kernelOf<Parameters>(prepare: (dispatch: Dispatch<Parameters>) => Prepared): Kernel<Parameters>;
