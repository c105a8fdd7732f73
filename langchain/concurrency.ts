import { untilAborted } from "./cancellation.js";

/** As many places as calls may be under way at once (`maxConcurrency`). Who comes first is served first. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves when there is a place; rejects when the signal fires first. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    let called = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      called = resolve;
      this.#waiting.push(called);
    });
    try {
      await untilAborted(turn, signal);
    } catch (error) {
      const place = this.#waiting.indexOf(called);
      if (place === -1) this.leave();
      else this.#waiting.splice(place, 1);
      throw error;
    }
  }

  /** Gives the place to the next in line. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
