/** Times compute passes on the device itself: every pass that anyone encodes on this device from now on. */
export class PassTimer {
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  #passes = 0;

  /** Undefined where the device was made without timestamp queries. */
  static on(device: GPUDevice): PassTimer | undefined {
    return device.features.has('timestamp-query') ? new PassTimer(device) : undefined;
  }

  private constructor(device: GPUDevice) {
    this.#device = device;
    this.#queries = device.createQuerySet({ type: 'timestamp', count: 2 * MOST_PASSES });
    const create = device.createCommandEncoder.bind(device);
    device.createCommandEncoder = (descriptor) => {
      const commands = create(descriptor);
      const begin = commands.beginComputePass.bind(commands);
      commands.beginComputePass = (pass) => begin({ ...pass, ...this.#writes() });
      return commands;
    };
  }

  #writes(): GPUComputePassDescriptor {
    const pass = this.#passes++;
    if (pass >= MOST_PASSES) return {};
    return {
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: 2 * pass,
        endOfPassWriteIndex: 2 * pass + 1,
      },
    };
  }

  /** Forgets the passes so far. */
  reset(): void {
    this.#passes = 0;
  }

  /** Milliseconds of the passes since the last reset; undefined when there were none, or too many. */
  async milliseconds(): Promise<number | undefined> {
    const passes = this.#passes;
    if (passes === 0 || passes > MOST_PASSES) return undefined;
    const size = 2 * passes * BigUint64Array.BYTES_PER_ELEMENT;
    const resolved = this.#device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
    const readable = this.#device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const commands = this.#device.createCommandEncoder();
    commands.resolveQuerySet(this.#queries, 0, 2 * passes, resolved, 0);
    commands.copyBufferToBuffer(resolved, 0, readable, 0, size);
    this.#device.queue.submit([commands.finish()]);
    await readable.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(readable.getMappedRange());
    let nanoseconds = 0;
    for (let pass = 0; pass < passes; pass++) nanoseconds += Number(times[2 * pass + 1]! - times[2 * pass]!);
    readable.destroy();
    resolved.destroy();
    return nanoseconds / 1e6;
  }
}

const MOST_PASSES = 2048; // a query set holds 4096 times
