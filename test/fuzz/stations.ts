/** Where random calls are made: a backend with engines of several kinds, and what has to hold of it when they have ended. */
import type { Engine } from '../../src/engine/engine.ts';
import { klDivergence } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';
import type { CallSpec } from './calls.ts';

type Kind = CallSpec['engine'];
export type StationName = 'webgpu' | 'cpu' | 'reference';

/** Small enough that most calls run in several chunks, and some do not fit. */
const smallLimits = { maxBufferSize: 16_384, maxStorageBufferBindingSize: 8192, maxComputeWorkgroupsPerDimension: 7 };

export class Station {
  readonly name: StationName;
  readonly device: GPUDevice | undefined;
  readonly #engines: Record<Kind, Engine>;
  readonly #baselines = new Map<Engine, unknown>();
  readonly #complaints: string[] = [];

  private constructor(name: StationName, device: GPUDevice | undefined, engines: Record<Kind, Engine>) {
    this.name = name;
    this.device = device;
    this.#engines = engines;
    device?.addEventListener('uncapturederror', ({ error }) => this.#complaints.push(error.message));
    void device?.lost.then(({ message, reason }) => { if (reason !== 'destroyed') this.#complaints.push(`the device was lost: ${message}`); });
  }

  static async open(name: StationName): Promise<Station> {
    const options = await placeFor(name);
    const device = options.device as GPUDevice | undefined;
    const [plain, checked, small] = await Promise.all([openEngine(options), openEngine({ ...options, check: 'all' }), openEngine(options, { limits: smallLimits })]);
    const station = new Station(name, device, { plain, checked, small });
    await station.inspect();
    return station;
  }

  engine(kind: Kind): Engine {
    return this.#engines[kind];
  }

  /** An engine that may be disposed of. */
  async spare(): Promise<Engine> {
    return openEngine(this.device ? { device: this.device } : { backend: this.name as 'cpu' });
  }

  /** What is wrong with the engines, now that nothing runs and all tensors are disposed of. */
  async inspect(): Promise<string[]> {
    const problems = this.#complaints.splice(0);
    for (const [kind, engine] of Object.entries(this.#engines)) {
      using p = engine.rows([[0.5, 0.5], [1, 0]], { outcomes: 2 });
      using q = engine.rows([[0.25, 0.75]], { outcomes: 2 });
      using divergence = klDivergence(p, q);
      const [first, second] = await divergence.read();
      if (!(Math.abs(first! - Math.log(4 / 3) / 2) < 1e-7 && Math.abs(second! - Math.log(4)) < 1e-6)) problems.push(`${kind}: KL is ${first}, ${second}`);
      const { used } = await engine.memory();
      if (!this.#baselines.has(engine)) this.#baselines.set(engine, used);
      if (used !== this.#baselines.get(engine)) problems.push(`${kind}: ${used} bytes are in use, not ${String(this.#baselines.get(engine))}`);
    }
    return problems;
  }

  async close(): Promise<void> {
    for (const engine of Object.values(this.#engines)) await engine[Symbol.asyncDispose]();
  }
}
