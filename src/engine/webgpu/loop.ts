import { checkpointEvery } from '../checkpoints.ts';
import type { LoopExtent } from '../kernel.ts';
import type { Means } from './means.ts';
import type { Command } from './command.ts';
import { readNow } from './readback.ts';

/** lavapipe ends the loops of an invocation after 65,535 turns in all without a word. */
const mostTurns = 32_768;
/** Milliseconds that a dispatch should take: the device answers in between, and drivers kill what takes seconds. */
const [quick, slow] = [16, 64];
/** A state goes to the host in pieces. */
const pieceBytes = 2 ** 24;

/**
 * Makes the steps of a loop, as many in a dispatch as it has time for. Now and then the state is kept on the host, where a
 * run begins that comes after a lost device. The loop is over when the host hears that no row goes on.
 */
export async function loopOnDevice(means: Means, command: Command, { steps, turns, active }: LoopExtent, name: string): Promise<void> {
  const { encoder, context: { gpu }, hooks: { signal, checkpoints } } = means;
  const known = checkpoints.get(name);
  if (known) {
    encoder.flush();
    gpu.write(command.output, known.state);
  }
  const rest = new Rest(means, command);
  let [done, count, kept] = [known?.steps ?? 0, 1, performance.now()];
  do { // also of no steps: it lays out the state
    signal?.throwIfAborted();
    const start = performance.now();
    const now = Math.min(count, Math.ceil(mostTurns / turns), steps - done);
    const asks = active !== undefined && rest.begin();
    await encoder.dispatch({ ...command, loop: { first: done, steps: now } });
    await encoder.submit();
    if (asks) rest.ask();
    done += now;
    const elapsed = performance.now() - start;
    count = elapsed < quick ? 2 * now : elapsed > slow ? Math.ceil(now / 2) : now;
    if (performance.now() - kept > checkpointEvery) {
      checkpoints.keep(name, { steps: done, state: await stateOf(means, command) });
      kept = performance.now();
    }
  } while (done < steps && !rest.isOver);
}

async function stateOf({ context: { gpu }, hooks: { signal } }: Means, { output, dispatch: { rows, width } }: Command): Promise<Float32Array<ArrayBuffer>> {
  const state = new Float32Array(rows * width);
  await readNow(gpu, output, 0, new Uint8Array(state.buffer), pieceBytes, signal);
  return state;
}

/** Whether rows go on, which the host hears while the next steps are made. */
class Rest {
  isOver = false;
  readonly #means: Means;
  readonly #output: GPUBuffer;
  readonly #at: number;
  #isAsked = false;

  constructor(means: Means, { output, dispatch: { rows, width } }: Command) {
    this.#means = means;
    this.#output = output;
    this.#at = 4 * rows * width;
  }

  /** Before a dispatch: clears the word that rows write which go on, if nobody waits for it. */
  begin(): boolean {
    if (!this.#isAsked) this.#means.encoder.record((commands) => commands.clearBuffer(this.#output, this.#at, 4));
    return !this.#isAsked;
  }

  /** After its submission. */
  ask(): void {
    const word = new Uint8Array(4);
    this.#isAsked = true;
    const heard = readNow(this.#means.context.gpu, this.#output, this.#at, word, 4, this.#means.hooks.signal);
    void heard.then(() => { this.isOver = word[0] === 0; }).catch(() => undefined).finally(() => { this.#isAsked = false; }); // what fails here fails there too
  }
}
