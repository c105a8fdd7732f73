import { untilAborted } from "./cancellation.js";

/** Limits how many calls run at once (`maxConcurrency`). Waiting calls are served in the order in which they came. */
export class Semaphore {
  #permits: number;
  readonly #waiting: (() => void)[] = [];

  constructor(permits: number) {
    this.#permits = permits;
  }

  /** Whether a call would get a permit at once. */
  get isFree(): boolean {
    return this.#permits > 0;
  }

  /** Resolves when there is a permit; rejects with the signal's reason when that fires first. */
  async acquire(signal: AbortSignal | undefined): Promise<void> {
    if (this.#permits > 0) {
      this.#permits--;
      return;
    }
    let grant = (): void => undefined;
    const granted = new Promise<void>((resolve) => {
      grant = resolve;
      this.#waiting.push(grant);
    });
    try {
      await untilAborted(granted, signal);
    } catch (error) {
      const position = this.#waiting.indexOf(grant);
      // The permit may have been granted in the same tick in which the signal fired.
      if (position === -1) this.release();
      else this.#waiting.splice(position, 1);
      throw error;
    }
  }

  /** Returns a permit: to the call that has waited longest, if any. */
  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#permits++;
  }
}
