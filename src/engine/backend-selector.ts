import { assumed, assumedDevice, corrected, instead, predict, type Costs, type Way, type Work } from './cost.ts';
import { storeCosts, storedCosts } from './cost-storage.ts';
import type { FastPath, FastPlan } from './fast-path.ts';
import { problemOfRow } from './forms.ts';
import { operationOf } from './lineage.ts';
import { rateOf } from './rate.ts';
import type { Predicted, RunReport } from './report.ts';
import type { Tensor } from './tensor.ts';
import type { WebGpuBackend } from './webgpu/backend.ts';
import { measureDevice } from './webgpu/calibration.ts';
import { counters } from './webgpu/counters.ts';
import { workOf } from './work.ts';

/** Where a call is done as long as the engine lives, and what that was chosen by. */
interface Decision {
  readonly place: 'webgpu' | 'cpu';
  readonly reason: string;
  readonly predicted: Predicted;
}

export interface Choice extends Decision {
  /** Of the CPU. */
  readonly plan: FastPlan;
  /** What the run is held against; undefined of one that is too short to teach anything. */
  readonly expected?: Expected;
}

/** Milliseconds of a run, before they are corrected. */
interface Expected {
  readonly way: Way;
  readonly milliseconds: number;
  /** How many pipelines were compiled before. */
  readonly pipelines: number;
}

/** Milliseconds that a read may wait for what is measured of the GPU, and that each way of the CPU is timed for. */
const [patience, cpuMilliseconds] = [20, 3];
/** Calls that are remembered. Once there are so many, costs are final, and others are judged by these alone. */
export const mostDecisions = 4096;

const nothingHeld = (): boolean => false;

/**
 * Chooses a place for every call, by what the places are measured to cost and by how far off predictions for each way were.
 * A call keeps its place whatever is learned later, for its result may differ in the last bits from place to place.
 */
export class BackendSelector {
  readonly #fast: FastPath;
  readonly #calibrates: boolean;
  readonly #decisions = new Map<string, Decision>();
  /** How many times longer than predicted runs take; of a way that has not run there is none. */
  readonly #ratios = new Map<Way, number>();
  #costs: Costs | undefined;
  #measuring: Promise<void> | undefined;
  /** The device may be measured for longer than a read waits for it. */
  #stop: () => Promise<void> = () => Promise.resolve();
  #running = 0;
  #begun = 0;

  constructor(fast: FastPath, calibrates: boolean) {
    this.#fast = fast;
    this.#calibrates = calibrates;
  }

  /** What is obvious is neither measured nor remembered: it is so by assumed costs, which never change. */
  choose(tensor: Tensor, gpu: WebGpuBackend, adapter: string): Choice | Promise<Choice> {
    const plan = this.#fast.plan(tensor);
    const way = plan === 'none' ? 'reference' : 'fast';
    const work = workOf(tensor, nothingHeld, way);
    const cpu = predict(way, work, 0, assumed);
    if (cpu < assumed.device.latency / 2) {
      return { place: 'cpu', reason: 'the CPU is predicted to be done before a GPU could answer', predicted: { cpu }, plan };
    }
    if (!this.#calibrates) this.#costs ??= { ...assumed, device: assumedDevice(gpu.softwareAdapter) };
    const choice = (): Choice => ({ plan, ...this.#decided(tensor, way, work, gpu) });
    return this.#costs ? choice() : (this.#measuring ??= this.#measure(tensor, gpu, adapter)).then(choice);
  }

  /** A run begins; what is returned is for its end. */
  begin(): number {
    this.#begun++;
    return this.#running++ === 0 ? this.#begun : -1;
  }

  /** A run ends, with a report unless it failed. It is learned from if it ran as chosen, compiled nothing, and nothing else was under way. */
  end(run: number, { place, expected }: Choice, report: RunReport | undefined, waited: number): void {
    this.#running--;
    if (!report || !expected || run !== this.#begun || this.#isFinal) return;
    const { backend, replays, milliseconds: { total, check = 0 } } = report;
    if ((backend === 'webgpu') !== (place === 'webgpu') || replays !== undefined) return;
    const { way, milliseconds, pipelines } = expected;
    if (way === 'webgpu' && counters.pipelines > pipelines) return;
    const known = this.#ratios.get(way); // the first run of a way is slower
    this.#ratios.set(way, known === undefined ? 1 : corrected(known, (total - check - waited) / milliseconds));
  }

  get #isFinal(): boolean {
    return this.#decisions.size >= mostDecisions;
  }

  #decided(tensor: Tensor, way: Way, work: Work, gpu: WebGpuBackend): Omit<Choice, 'plan'> {
    const held = this.#isFinal ? nothingHeld : (each: Tensor): boolean => gpu.resident(each) !== undefined;
    const bytesDown = 4 * tensor.rows * tensor.width;
    const cpu = predict(way, work, bytesDown, this.#costs!);
    const webgpu = predict('webgpu', workOf(tensor, held, 'webgpu'), bytesDown, this.#costs!);
    const call = [operationOf(tensor), way, ...tensor.shape, ...Object.values(work)].join(' ');
    const decision = this.#decisions.get(call) ?? this.#decide(call, cpu * this.#ratio(way), webgpu * this.#ratio('webgpu'));
    const [taken, milliseconds] = decision.place === 'cpu' ? [way, cpu] as const : ['webgpu', webgpu] as const;
    return { ...decision, expected: { way: taken, milliseconds, pipelines: counters.pipelines } };
  }

  #decide(call: string, cpu: number, webgpu: number): Decision {
    const reason = `${inWords(cpu)} are predicted on the CPU and ${inWords(webgpu)} on WebGPU`;
    const decision: Decision = { place: webgpu < cpu ? 'webgpu' : 'cpu', reason, predicted: { webgpu, cpu } };
    if (this.#isFinal) return decision;
    this.#decisions.set(call, decision);
    if (this.#isFinal) this.#costs = structuredClone(this.#costs); // which may still be measured
    return decision;
  }

  #ratio(way: Way): number {
    return this.#ratios.get(way) ?? 1;
  }

  async #measure({ host }: Tensor, gpu: WebGpuBackend, adapter: string): Promise<void> {
    this.#costs = storedCosts(adapter);
    if (this.#costs) return;
    const cpu = await measuredCpu(this.#fast);
    const { costs, stop } = await measureDevice(gpu, host, patience, (device) => storeCosts(adapter, { cpu, device }));
    this.#costs = { cpu, device: costs };
    this.#stop = stop;
  }

  /** Ends what is measured. */
  async stop(): Promise<void> {
    await this.#measuring?.catch(() => undefined);
    await this.#stop();
  }
}

async function measuredCpu(fast: FastPath): Promise<Costs['cpu']> {
  const row = new Float32Array(256);
  const reference = credible(rateOf(row.length, () => void problemOfRow('values', row), cpuMilliseconds), assumed.cpu.reference);
  const rate = await fast.rate().catch(() => undefined);
  return { fast: rate === undefined ? instead(reference) : credible(rate, assumed.cpu.fast), reference };
}

/** A rate as far as it can be believed: code that was compiled in haste may be a hundred times slower than it will be. */
function credible(rate: number, usual: number): number {
  return Math.min(10 * usual, Math.max(usual / 10, rate));
}

function inWords(milliseconds: number): string {
  return `${Number(milliseconds.toPrecision(2))} ms`;
}
