const PATIENCE = 120; // milliseconds that a run may go on after a newer one was asked for

/**
 * Runs one request at a time and forgets all but the newest of those that wait. A run that a newer request has made
 * stale is aborted, but only after it had time to finish: on a fast device every drag then shows intermediate results.
 */
export class Latest<Request> {
  readonly #run: (request: Request, signal: AbortSignal) => Promise<void>;
  readonly #fail: (error: unknown) => void;
  #waiting: { request: Request } | undefined;
  #running: AbortController | undefined;

  constructor(run: (request: Request, signal: AbortSignal) => Promise<void>, fail: (error: unknown) => void) {
    this.#run = run;
    this.#fail = fail;
  }

  ask(request: Request): void {
    this.#waiting = { request };
    const stale = this.#running;
    if (stale) setTimeout(() => stale.abort(), PATIENCE);
    else void this.#work();
  }

  async #work(): Promise<void> {
    while (this.#waiting) {
      const { request } = this.#waiting;
      this.#waiting = undefined;
      const controller = (this.#running = new AbortController());
      try {
        await this.#run(request, controller.signal);
      } catch (error) {
        if (!controller.signal.aborted) this.#fail(error);
      }
    }
    this.#running = undefined;
  }
}
