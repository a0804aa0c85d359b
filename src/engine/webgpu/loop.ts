import type { Loop } from '../checkpoints.ts';
import type { LoopExtent } from '../kernel.ts';
import type { Tensor } from '../tensor.ts';
import type { Means } from './means.ts';
import type { Command } from './command.ts';
import { readNow } from './readback.ts';
import { note, resume } from './resume.ts';

/** lavapipe ends the loops of an invocation after 65,535 turns in all without a word. */
const mostTurns = 32_768;
/** Milliseconds that a dispatch should take: the device answers in between, and drivers kill what takes seconds. */
const [quick, slow] = [16, 64];
/**
 * Makes the steps of a loop, as many in a dispatch as it has time for. The loop is over when the host hears that no row
 * goes on.
 */
export async function loopOnDevice(means: Means, command: Command, { steps, turns, active }: LoopExtent, tensor: Tensor): Promise<void> {
  const { encoder, hooks: { signal, around } } = means;
  const { output, rowFrom = 0, dispatch: { rows, width } } = command;
  const loop: Loop = { tensor, from: rowFrom, around };
  const rest = new Rest(means, command);
  let [done, count] = [await resume(means, loop, async () => output), 1];
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
    await note(means, loop, done, { buffer: output, numbers: rows * width });
  } while (done < steps && !rest.isOver);
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
