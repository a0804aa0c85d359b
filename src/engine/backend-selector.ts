import { assumed, assumedDevice, predict, type Costs, type Way, type Work } from './cost.ts';
import { storeCosts, storedCosts } from './cost-storage.ts';
import { Experience, greatestSurprise, type Tally } from './experience.ts';
import type { FastPath, FastPlan } from './fast-path.ts';
import { problemOfRow } from './forms.ts';
import { rateOf } from './rate.ts';
import type { Predicted, RunReport } from './report.ts';
import type { Tensor } from './tensor.ts';
import type { WebGpuBackend } from './webgpu/backend.ts';
import { measureDevice } from './webgpu/calibration.ts';
import { counters } from './webgpu/counters.ts';
import { workOf } from './work.ts';

/** A way to do a read, and what it is predicted to cost. */
interface Option {
  readonly way: Way;
  /** Milliseconds before and after what was learned is applied. */
  readonly model: number;
  readonly milliseconds: number;
  /** Those among them that it takes to compile, the first time. */
  readonly startUp: number;
  readonly overall: Tally;
  readonly tally: Tally;
}

export interface Choice {
  readonly place: 'webgpu' | 'cpu';
  readonly reason: string;
  readonly predicted: Predicted;
  /** Of the CPU. */
  readonly plan: FastPlan;
  readonly taken: Option;
  readonly other: Option | undefined;
  /** How many pipelines were compiled before. */
  readonly pipelines: number;
}

/** Milliseconds that a read may wait for what is measured of the GPU, and that each way of the CPU is timed for. */
const [patience, cpuMilliseconds] = [20, 3];
/** The slower place is tried, but never where it is predicted to be so many times slower. */
const mostSlower = 5;
/** A try is due when the faster place has spent so many times what it would cost since the last one; tries get rarer by that factor, up to a limit. */
const [rarer, rarest] = [4, 64];

/** Milliseconds that an operation may take to compile, at most. */
const longestStartUp = 2000;

const nothingHeld = (): boolean => false;

/** Chooses a place for every read, by what the places cost and by what it has learned from runs. */
export class BackendSelector {
  readonly #fast: FastPath;
  readonly #calibrates: boolean;
  readonly #experience = new Experience();
  #costs = assumed;
  /** Milliseconds that the first run of an operation on the device took longer. */
  #startUp = 50;
  #measuring: { readonly adapter: string; readonly done: Promise<void> } | undefined;
  #isMeasured = false;
  /** The device may be measured for longer than a read waits for it. */
  #stop: () => Promise<void> = () => Promise.resolve();
  #running = 0;
  #begun = 0;
  /** The last run that began while there was no other. */
  #alone = 0;

  constructor(fast: FastPath, calibrates: boolean) {
    this.#fast = fast;
    this.#calibrates = calibrates;
  }

  /** What is obvious is not measured, and costs a microsecond or two to see. */
  choose(tensor: Tensor, gpu: WebGpuBackend, adapter: string): Choice | Promise<Choice> {
    const plan = this.#fast.plan(tensor);
    const cpu = this.#onCpu(tensor, plan);
    if (cpu.milliseconds < this.#costs.device.latency / 2) {
      return { place: 'cpu', reason: 'the CPU is predicted to be done before a GPU could answer', predicted: { cpu: cpu.milliseconds }, plan, taken: cpu, other: undefined, pipelines: counters.pipelines };
    }
    if (!this.#calibrates) this.#costs = { ...this.#costs, device: { ...assumedDevice(gpu.softwareAdapter), latency: this.#costs.device.latency } };
    if (!this.#calibrates || (this.#isMeasured && this.#measuring?.adapter === adapter)) return this.#weighed(plan, cpu, tensor, gpu);
    if (this.#measuring?.adapter !== adapter) this.#measuring = { adapter, done: this.#measure(tensor, gpu, adapter) };
    return this.#measuring.done.then(() => this.#weighed(plan, this.#onCpu(tensor, plan), tensor, gpu));
  }

  /** A run begins; what is returned is for its end. */
  begin(): number {
    this.#begun++;
    if (this.#running++ === 0) this.#alone = this.#begun;
    return this.#begun;
  }

  /** A run ends, with a report unless it failed. It is learned from if it ran as chosen, and nothing else was under way. */
  end(run: number, { place, taken, other, pipelines }: Choice, report: RunReport | undefined, waited: number): void {
    this.#running--;
    if (!report || run !== this.#alone || run !== this.#begun) return;
    const { backend, replays, milliseconds: { total, check = 0 } } = report;
    if ((backend === 'webgpu') !== (place === 'webgpu') || replays !== undefined) return;
    this.#learn(taken, other, total - check - waited, place === 'webgpu' && counters.pipelines > pipelines);
  }

  /** The first run of an operation in a way also compiles, and teaches only how long that takes; unless it takes so long that it would without. */
  #learn(taken: Option, other: Option | undefined, milliseconds: number, compiled: boolean): void {
    const { way, overall, tally, model, startUp } = taken;
    if (other) other.tally.waited += milliseconds;
    tally.waited = 0;
    tally.tries++;
    const { device } = this.#costs;
    if (way === 'webgpu' && milliseconds < device.latency) this.#costs = { ...this.#costs, device: { ...device, latency: milliseconds } }; // which was measured badly
    if (startUp > 0) this.#startUp = (startUp + Math.min(greatestSurprise * startUp, Math.max(1, milliseconds - taken.milliseconds + startUp))) / 2;
    if (overall.isWarm && !compiled) for (const each of [overall, tally]) each.note(milliseconds / model);
    else if (milliseconds > 2 * longestStartUp) for (const each of [overall, tally]) each.note((milliseconds - longestStartUp) / model);
    overall.isWarm = true;
  }

  #onCpu(tensor: Tensor, plan: FastPlan): Option {
    const way = plan === 'none' ? 'reference' : 'fast';
    return this.#option(way, tensor, workOf(tensor, nothingHeld, way));
  }

  #option(way: Way, tensor: Tensor, work: Work): Option {
    const operation = tensor.origin.kind === 'result' ? tensor.origin.operation.name : 'rows';
    const [overall, tally] = [this.#experience.of(operation, way), this.#experience.ofSize(operation, way, work)];
    const model = predict(way, work, 4 * tensor.rows * tensor.width, this.#costs);
    const startUp = way === 'webgpu' && !overall.isWarm ? this.#startUp : 0;
    return { way, model, milliseconds: startUp + model * (tally.runs > 0 ? tally : overall).ratio, startUp, overall, tally };
  }

  #weighed(plan: FastPlan, cpu: Option, tensor: Tensor, gpu: WebGpuBackend): Choice {
    const webgpu = this.#option('webgpu', tensor, workOf(tensor, (each) => gpu.resident(each) !== undefined, 'webgpu'));
    const [better, worse] = webgpu.milliseconds < cpu.milliseconds ? [webgpu, cpu] : [cpu, webgpu];
    const tries = this.#running === 0 && isDue(better, worse);
    const [taken, other] = tries ? [worse, better] : [better, worse];
    const figures = `${inWords(cpu.milliseconds)} are predicted on the CPU and ${inWords(webgpu.milliseconds)} on WebGPU`;
    return {
      place: taken === webgpu ? 'webgpu' : 'cpu', reason: tries ? `${figures}, which is tried now and then` : figures,
      predicted: { webgpu: webgpu.milliseconds, cpu: cpu.milliseconds }, plan, taken, other, pipelines: counters.pipelines,
    };
  }

  async #measure({ host }: Tensor, gpu: WebGpuBackend, adapter: string): Promise<void> {
    this.#isMeasured = false;
    const stored = storedCosts(adapter);
    if (stored) this.#costs = stored;
    else await this.#measureNow(gpu, host, adapter);
    this.#isMeasured = true;
  }

  async #measureNow(gpu: WebGpuBackend, host: Tensor['host'], adapter: string): Promise<void> {
    const cpu = await measuredCpu(this.#fast);
    const { costs, stop } = await measureDevice(gpu, host, patience, (device) => storeCosts(adapter, { cpu, device }));
    this.#costs = { cpu, device: costs };
    this.#stop = stop;
  }

  /** Ends what is measured. */
  async stop(): Promise<void> {
    await this.#measuring?.done.catch(() => undefined);
    await this.#stop();
  }
}

async function measuredCpu(fast: FastPath): Promise<Costs['cpu']> {
  const row = new Float32Array(256);
  return {
    fast: credible(await fast.rate().catch(() => undefined), assumed.cpu.fast),
    reference: credible(rateOf(row.length, () => void problemOfRow('values', row), cpuMilliseconds), assumed.cpu.reference),
  };
}

/** A rate as far as it can be believed: code that was compiled in haste may be a hundred times slower than it will be. */
function credible(rate = 0, usual: number): number {
  return rate === 0 ? usual : Math.min(10 * usual, Math.max(usual / 10, rate));
}

/** Whether the worse place is to be tried: what it might be wrong about has been paid for by then. */
function isDue(better: Option, { milliseconds, startUp, tally }: Option): boolean {
  return milliseconds - startUp <= mostSlower * better.milliseconds && tally.waited >= milliseconds * Math.min(rarest, rarer ** (1 + tally.tries));
}

function inWords(milliseconds: number): string {
  return `${Number(milliseconds.toPrecision(2))} ms`;
}
