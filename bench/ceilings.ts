import { defineFrame } from '../src/engine/frame.ts';
import type { Dispatch, Kernel } from '../src/engine/kernel.ts';
import { apply, type Operand, type Operation } from '../src/engine/operation.ts';
import type { Engine, Tensor } from '../src/index.ts';
import type { PassTimer } from './pass-timer.ts';
import fmaSource from './fma-chain.wgsl?raw';
import sumSource from './row-sum.wgsl?raw';

/** What a device can do at best, as operations of the engine, so that they are timed the way everything else is. */

const QUAD = 4; // numbers that the sums read at a time

const sumOfRow: Operation = {
  name: 'sumOfRow',
  formula: 'Σ_k x_ik',
  source: 'definition',
  arguments: [{ name: 'x', takes: 'values', axis: 'rows' }],
  result: ([x]) => ({ shape: [x!.rows], form: 'values' }),
  tolerance: { ulps: () => 1024, relativeTo: 'entry', reason: 'plain sums of numbers of one sign' },
  kernel: sumKernel('rows', ({ inputs: [x] }) => {
    const quads = x!.width / QUAD;
    return { quads, row_pitch: quads, quad_pitch: 1 };
  }),
  reference:
    ([x]) =>
    (row, out) => {
      out[0] = Array.from(x!.row(row)).reduce((sum, entry) => sum + entry, 0);
    },
};

/** As many sums of as many numbers, but neighbouring invocations read neighbouring numbers and none waits for another. */
const sumAcrossRows: Operation = {
  ...sumOfRow,
  name: 'sumAcrossRows',
  formula: 'Σ of every n-th four numbers, n the number of sums',
  arguments: [{ name: 'x', takes: 'values', axis: 'whole' }],
  kernel: sumKernel('elements', ({ rows, inputs: [x] }) => ({
    quads: x!.width / QUAD,
    row_pitch: 1,
    quad_pitch: rows,
  })),
  reference: ([x]) => {
    const numbers = allNumbers(x!);
    return (row, out) => {
      out[0] = 0;
      for (let quad = row; QUAD * quad < numbers.length; quad += x!.rows) {
        for (let k = 0; k < QUAD; k++) out[0] += numbers[QUAD * quad + k]!;
      }
    };
  },
};

type Pitches = Record<'quads' | 'row_pitch' | 'quad_pitch', number>;

function sumKernel(over: Kernel<unknown>['over'], values: (dispatch: Dispatch<unknown>) => Pitches): Kernel<unknown> {
  return {
    frame: defineFrame({
      inputs: { x: 'vec4<f32>' },
      output: ['sums', 'f32'],
      uniforms: { quads: 'u32', row_pitch: 'u32', quad_pitch: 'u32' },
      calls: 'compute_item',
    }),
    pieces: [{ name: 'bench/row-sum.wgsl', source: sumSource }],
    values,
    over,
  };
}

function allNumbers(x: Operand): number[] {
  return Array.from({ length: x.rows }, (_, row) => Array.from(x.row(row))).flat();
}

/** A batch to be read that holds about so many numbers in so many rows. */
export function batchToRead(engine: Engine, numbers: number, rows: number): Tensor {
  const outcomes = QUAD * Math.ceil(numbers / rows / QUAD);
  return engine.values(new Float32Array(rows * outcomes).fill(1), { outcomes });
}

/** The same numbers for sums across rows: enough of them to fill a device, each of sixteen quads or more. */
export function batchToReadAcross(engine: Engine, numbers: number): Tensor {
  return batchToRead(engine, numbers, Math.max(1, Math.floor(numbers / (16 * QUAD))));
}

export function sumsOfRows(batch: Tensor): Tensor {
  return apply(sumOfRow, [batch], {});
}

export function sumsAcrossRows(batch: Tensor): Tensor {
  return apply(sumAcrossRows, [batch], {});
}

interface Chain {
  readonly invocations: number;
  readonly steps: number;
}

const CHAINS = 16; // in one invocation
const LINKS = 4; // of each chain in one step

const fmaChain: Operation<Chain> = {
  name: 'fmaChain',
  formula: 'x ← factor x + addend, four times a step',
  source: 'definition',
  arguments: [{ name: 'seed', takes: 'values', axis: 'whole' }],
  result: (_, { invocations }) => ({ shape: [invocations], form: 'values' }),
  tolerance: {
    ulps: () => 8,
    relativeTo: 'entry',
    reason: 'factor ½ halves the rounding of each step before the next',
  },
  kernel: {
    frame: defineFrame({
      inputs: { seed: 'f32' },
      output: ['ends', 'f32'],
      uniforms: { steps: 'u32' },
      calls: 'compute_item',
    }),
    pieces: [{ name: 'bench/fma-chain.wgsl', source: fmaSource }],
    values: ({ parameters: { steps } }) => ({ steps }),
    over: 'elements',
  },
  reference: ([seed], { steps }) => {
    const [factor, addend] = Array.from(seed!.row(0)) as [number, number];
    return (row, out) => {
      out[0] = 0;
      for (let chain = 0; chain < CHAINS; chain++) {
        let x = (row % 64) + chain;
        for (let link = 0; link < LINKS * steps; link++) x = factor * x + addend;
        out[0] += x;
      }
    };
  },
};

/** Chains that converge to 1, so that no number leaves the range where a device is fast. */
export function fmaChains(engine: Engine, chain: Chain): { readonly ends: () => Tensor; readonly count: number } {
  const seed = engine.values(Float32Array.of(0.5, 0.5), { outcomes: 2 });
  return { ends: () => apply(fmaChain, [seed], chain), count: CHAINS * LINKS * chain.invocations * chain.steps };
}

const INVOCATIONS = 2 ** 18;
const LONGEST_CHAIN = 2 ** 15;
const LONG_ENOUGH = 20; // milliseconds, beside which a submission costs little

/** The shortest chain that keeps this device busy for long enough. */
export async function calibratedChain(engine: Engine, timer: PassTimer | undefined): Promise<Chain> {
  for (let steps = 4; ; steps *= 4) {
    const chain = { invocations: INVOCATIONS, steps };
    const { ends } = fmaChains(engine, chain);
    await kernelTime(ends, timer); // compiles
    if (steps * 4 > LONGEST_CHAIN || (await kernelTime(ends, timer)) >= LONG_ENOUGH) return chain;
  }
}

/**
 * Milliseconds of the kernels of a tensor, from and to memory of the device: of their passes where the device can time
 * them, otherwise from the first submission until the queue is idle.
 */
export async function kernelTime(make: () => Tensor, timer: PassTimer | undefined): Promise<number> {
  const tensor = make();
  timer?.reset();
  await tensor.buffer();
  tensor.dispose();
  return (await timer?.milliseconds()) ?? tensor.report.milliseconds.gpu!;
}
