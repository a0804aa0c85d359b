import { DomainError } from '../errors.ts';
import { formCheck } from '../form-check.ts';
import { problemOfRow } from '../forms.ts';
import { isGpuBuffer, usage } from '../gpu-types.ts';
import type { Kernel } from '../kernel.ts';
import { consumerOf, lineageOf } from '../lineage.ts';
import { areInQuads } from '../loaders.ts';
import { chooseRegime } from '../regimes.ts';
import { numbersOf, type StoredNumbers } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Region } from './command.ts';
import type { Encoder } from './encoder.ts';
import type { Gpu, Step } from './gpu.ts';
import type { Memory } from './memory.ts';
import { recordReadback, type Delivery } from './readback.ts';

const none = 0xffff_ffff;
const checked = new WeakSet<Tensor>();

interface Rows {
  readonly tensor: Tensor;
  readonly region: Region;
  readonly first: number;
  readonly rows: number;
  /** Whether these are all the rows of the tensor, which is then never checked again. */
  readonly all: boolean;
}

/** The checks of a run's sources: dispatched with the work and read with its result, so that a run waits only once. */
export class RowValidation {
  readonly #gpu: Gpu;
  readonly #softwareAdapter: boolean;
  readonly #slots = new Map<Tensor, { readonly slot: number; all: boolean }>();
  readonly #capacity: number;
  #buffer: GPUBuffer | undefined;
  #delivery: Delivery | undefined;
  #rows = new Uint32Array();

  constructor(gpu: Gpu, softwareAdapter: boolean, capacity: number) {
    this.#gpu = gpu;
    this.#softwareAdapter = softwareAdapter;
    this.#capacity = capacity;
  }

  async open(memory: Memory): Promise<void> {
    const rows = new Uint32Array(Math.max(1, this.#capacity)).fill(none);
    this.#buffer = await memory.take('storage', rows.byteLength);
    this.#gpu.write(this.#buffer, rows);
  }

  /** Whether the rows of a source need no check in this run. */
  covers(tensor: Tensor): boolean {
    return (
      tensor.origin.kind !== 'source' ||
      tensor.origin.trusted === true ||
      checked.has(tensor) ||
      this.#slots.get(tensor)?.all === true
    );
  }

  async check(encoder: Encoder, { tensor, region, first, rows, all }: Rows): Promise<void> {
    const known = this.#slots.get(tensor) ?? { slot: this.#slots.size, all };
    this.#slots.set(tensor, known);
    await encoder.dispatch({
      label: `check of ${tensor.form}`,
      kernel: formCheck as Kernel<unknown>,
      regime: chooseRegime(formCheck, tensor.width, this.#softwareAdapter),
      dispatch: {
        parameters: { first, slot: known.slot },
        rows,
        width: tensor.width,
        inputs: [
          { form: tensor.form, rows, width: tensor.width, storage: tensor.storage, inQuads: areInQuads(tensor.placing) },
        ],
      },
      inputs: [region],
      output: this.#buffer!,
    });
  }

  /** Records the way back of the outcome; after the last check. */
  async record(record: (step: Step) => void, memory: Memory): Promise<void> {
    const bytes = 4 * this.#slots.size;
    if (bytes > 0)
      this.#delivery = recordReadback(this.#gpu, record, await memory.take('staging', bytes), this.#buffer!, 0, bytes);
  }

  /** Brings the outcome to the host, once the commands were submitted. */
  async deliver(): Promise<void> {
    await this.#delivery?.((bytes) => {
      this.#rows = new Uint32Array(bytes.slice(0));
    });
  }

  /** Throws what is wrong with the first bad row, of the source that the reference would look at first. */
  async report(hostData: (tensor: Tensor) => Promise<StoredNumbers>, root: Tensor): Promise<void> {
    if (this.#rows.some((row) => row !== none)) {
      for (const tensor of lineageOf(root)) {
        const row = this.#rows[this.#slots.get(tensor)?.slot ?? -1] ?? none;
        if (row !== none) await throwProblem(tensor, row, hostData, root);
      }
    }
    for (const [tensor, { all }] of this.#slots) if (all) checked.add(tensor);
  }

  dispose(): void {
    if (this.#buffer) this.#gpu.pool.give(this.#buffer);
  }
}

/**
 * f32 on the device and f64 here may differ on a sum near the tolerance; the host decides, on this row and on those
 * after it.
 */
async function throwProblem(
  tensor: Tensor,
  first: number,
  hostData: (tensor: Tensor) => Promise<StoredNumbers>,
  root: Tensor,
): Promise<void> {
  const { origin, form, rows, width } = tensor;
  if (origin.kind === 'source' && isGpuBuffer(origin.data) && (origin.data.usage & usage.copySrc) === 0) {
    throw new DomainError({
      ...consumerOf(tensor, root),
      row: first,
      expected: `a row of ${form}`,
      got: 'another one, in a buffer that cannot be copied from',
      remedy: 'Create the buffer with GPUBufferUsage.COPY_SRC to learn which entry or sum is wrong.',
    });
  }
  const data = await hostData(tensor);
  for (let row = first; row < rows; row++) {
    const problem = problemOfRow(form, numbersOf(data, row * width, width));
    if (problem) throw new DomainError({ ...consumerOf(tensor, root), row, ...problem });
  }
}
