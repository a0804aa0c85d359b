/** Makes a random call, disturbs it as it says, and judges how it ended. */
import { yieldToEventLoop } from '../../src/engine/event-loop.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { GpuBufferLike } from '../../src/engine/gpu-types.ts';
import { isShared } from '../../src/engine/tags.ts';
import type { ReadOptions, Tensor } from '../../src/engine/tensor.ts';
import { DuallyError } from '../../src/index.ts';
import { download } from '../engine/download.ts';
import { build, unknownNames, type CallSpec } from './calls.ts';
import { isRight } from './judge.ts';
import type { Station } from './stations.ts';

/** How a call ended: with numbers, or with an error, at once or when it was read. */
export interface Outcome {
  readonly data?: Float32Array;
  readonly error?: unknown;
  readonly isBuilt: boolean;
  /** Whether an input was taken away before it was read. */
  readonly isGone?: boolean;
}

const reason = { why: 'the caller gave up' };
const mistake = new RangeError('the caller’s own');
const oddOptions = [null, 3, { signal: 3 }, { onProgress: 'often' }, { signal: { aborted: false } }, { signal: null }] as unknown as ReadOptions[];

/** The call as the reference answers it when nothing disturbs it: what all backends have to agree with. */
export async function oracle(station: Station, spec: CallSpec): Promise<Outcome> {
  return play(station, station.engine('plain'), { ...spec, verb: 'read', disturbance: undefined });
}

/** What is wrong with the way in which a call ends, if anything is. */
export async function problemOf(station: Station, foreign: Station, spec: CallSpec, expected: Outcome): Promise<string | undefined> {
  const disposes = spec.disturbance?.event === 'dispose engine';
  const engine = disposes ? await station.spare() : station.engine(spec.engine);
  const outcome = await play(station, engine, spec, foreign.engine('plain'));
  if (disposes) await engine[Symbol.asyncDispose]();
  if (!outcome.data) return problemOfError(station, spec, outcome, expected);
  if (mustFail(spec, expected) || outcome.isGone) return 'it gives numbers, and should not';
  if (!expected.data) return `it gives numbers, and the reference throws ${text(expected.error)}`;
  return isRight(disposes || spec.engine === 'checked' ? station.engine('plain') : engine, station, spec, outcome.data, expected.data);
}

const isBefore = ({ disturbance }: CallSpec, ...events: string[]): boolean => disturbance?.moment === 'before' && events.includes(disturbance.event);

function mustFail(spec: CallSpec, { isBuilt }: Outcome): boolean {
  const lastGoes = isBefore(spec, 'dispose result') && spec.disturbance!.turns % spec.steps.length === 0; // others are steps on the way
  const hasUnknown = spec.steps.some(({ parameters }) => typeof parameters === 'object' && parameters !== null && unknownNames.some((name) => Object.hasOwn(parameters, name)));
  return !isBuilt || lastGoes || hasUnknown || isBefore(spec, 'abort', 'dispose input', 'dispose all', 'dispose engine');
}

const text = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error));

async function problemOfError(station: Station, spec: CallSpec, { error, isBuilt }: Outcome, expected: Outcome): Promise<string | undefined> {
  const { disturbance, verb } = spec;
  if (expected.error !== undefined && text(expected.error) === text(error)) return undefined;
  const expectation = expected.data ? 'the reference gives numbers' : `the reference throws ${text(expected.error)}`;
  const problem = `${text(error)} is thrown, and ${expectation}${error instanceof Error && !(error instanceof DuallyError) ? error.stack : ''}`;
  if (disturbance?.event === 'abort' && error === reason) return undefined;
  if (disturbance?.event === 'throw' && error === mistake) return undefined;
  if (!(error instanceof DuallyError)) return problem;
  const { expected: wanted, got, remedy, operation, code } = error;
  if (![wanted, got, remedy, operation, code].every((fact) => typeof fact === 'string' && fact !== '')) return `${problem} (facts are missing)`;
  if (disturbance?.event.startsWith('dispose') && mayBeMissed(spec, isBuilt).includes(wanted)) return undefined;
  if (disturbance?.event === 'detach input' && wanted === 'data that is still there') return undefined;
  if (disturbance?.event === 'foreign input' && wanted === 'tensors of one engine') return undefined;
  if (disturbance?.event === 'odd options' && error.argument?.startsWith('options')) return undefined;
  if (verb === 'buffer' && !station.device && isBuilt && code === 'backend-unavailable') return undefined;
  if (spec.engine === 'small' && code === 'limit-exceeded' && expected.data) return undefined;
  if (spec.engine === 'checked' && code === 'certificate' && expected.data) return problemUnchecked(station, spec, expected.data, problem);
  return problem;
}

/** What a call may miss when something is disposed of: a read under way misses nothing, but one that waits its engine, and a buffer its tensor. */
function mayBeMissed({ disturbance, verb }: CallSpec, isBuilt: boolean): readonly string[] {
  if (disturbance!.event === 'dispose engine') return ['a live engine'];
  if (!isBuilt || disturbance!.moment === 'before') return ['a live tensor', 'inputs that are still there'];
  return verb === 'buffer' ? ['a live tensor'] : [];
}

/** A certificate is right to fail where a chain nearly cancels, or f32 does not reach; where nothing is checked its steps are then right. */
async function problemUnchecked(station: Station, spec: CallSpec, expected: Float32Array, problem: string): Promise<string | undefined> {
  const { data, error } = await play(station, station.engine('plain'), { ...spec, disturbance: undefined });
  const found = data ? await isRight(station.engine('plain'), station, spec, data, expected) : text(error);
  return found === undefined ? undefined : `${problem}; unchecked: ${found}`;
}

async function play(station: Station, engine: Engine, spec: CallSpec, foreign?: Engine): Promise<Outcome> {
  const { verb, disturbance: { event, moment, turns } = { event: 'none', moment: 'after', turns: 0 } } = spec;
  const sources: Tensor[] = [];
  const results: Tensor[] = [];
  const control = new AbortController();
  const act = (): void => {
    if (event === 'abort') control.abort(reason);
    if (event === 'dispose input') sources[turns % sources.length]?.dispose();
    if (event === 'dispose result') results.at(-1 - (turns % results.length))?.dispose();
    if (event === 'dispose all') for (const tensor of [...sources, ...results]) tensor.dispose();
    if (event === 'dispose engine') engine.dispose();
    if (event === 'detach input' && detach(sources[turns % sources.length]) && moment === 'before') isGone = true;
  };
  const exchange = (inputs: Tensor[]): void => {
    if (event === 'dispose input' && moment === 'before') inputs[turns % inputs.length]!.dispose();
    if (event === 'foreign input' && foreign && inputs.length > 1) sources.push(inputs[inputs.length - 1] = foreign.rows([[0.5, 0.5]], { outcomes: 2 }));
  };
  let [calls, isBuilt, isGone] = [0, false, false];
  const onProgress = (): void => {
    if (calls++ !== turns) return;
    if (event === 'throw') throw mistake;
    if (moment === 'in progress') act();
  };
  const options = event === 'odd options' ? oddOptions[turns % oddOptions.length]! : { signal: control.signal, onProgress };
  try {
    results.push(...build(engine, station.device, spec, sources, exchange));
    isBuilt = true;
    const root = results.at(-1)!;
    if (moment === 'before') act();
    const reading = verb === 'buffer' ? numbersIn(station, root, root.buffer(options)) : root.read(options);
    const again = verb === 'read twice' ? root.read() : undefined;
    again?.catch(() => undefined); // it is judged below
    if (moment === 'at once') act();
    const acting = moment === 'after' ? later(turns, act) : undefined;
    const [first, second] = await Promise.allSettled([reading, again, acting]);
    if (first.status === 'rejected') throw first.reason;
    if (second.status === 'fulfilled' && second.value && !same(second.value, first.value)) throw new Error('two reads at once differ');
    return { data: first.value, isBuilt, isGone };
  } catch (error) {
    return { error, isBuilt };
  } finally {
    for (const tensor of [...sources, ...results]) tensor.dispose();
  }
}

/** Takes the memory of a source away, if it has some that can be. */
function detach(source: Tensor | undefined): boolean {
  if (source?.origin.kind !== 'source' || !ArrayBuffer.isView(source.origin.data)) return false;
  const { buffer, length } = source.origin.data;
  if (length === 0 || isShared({ buffer })) return false;
  structuredClone(buffer, { transfer: [buffer] });
  return true;
}

async function later(turns: number, act: () => void): Promise<void> {
  for (let count = 0; count <= turns; count++) await yieldToEventLoop();
  act();
}

const same = (one: Float32Array, two: Float32Array): boolean => one.length === two.length && one.every((x, k) => Object.is(x, two[k]));

/** A buffer's numbers; those of a source are as they were given. */
async function numbersIn({ device }: Station, tensor: Tensor, buffer: Promise<GpuBufferLike>): Promise<Float32Array> {
  const held = await buffer as GPUBuffer;
  return tensor.origin.kind === 'source' ? tensor.read() : (await download(device!, held)).subarray(0, tensor.rows * tensor.width);
}
