/** Milliseconds of the first pause; each further one without an answer in between is twice as long. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** A permit to send one request. */
export interface Permit {
  /** Refusals of requests that were sent before the last pause say nothing of what came after it. */
  readonly pauses: number;
}

interface Waiting {
  give: (permit: Permit) => void;
  refuse: (reason: unknown) => void;
}

/**
 * How many requests may be under way. A request that was throttled halves the number and pauses all; each answer raises it again, by one in the time of so
 * many answers (additive increase, multiplicative decrease).
 */
export class Pace {
  /** Requests under way. */
  active = 0;
  /** When the pause ends, in milliseconds since 1970. */
  pausedUntil: number | undefined;
  readonly #most: number;
  #limit: number;
  /** Pauses so far, and those since the last answer. */
  #pauses = 0;
  #unanswered = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: Waiting[] = [];
  #stopped: { reason: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** Waits for a permit. A request that is sent once more comes before those that were not sent yet. */
  acquire(isRepeated: boolean = false): Promise<Permit> {
    return new Promise((give, refuse) => {
      if (this.#stopped) return refuse(this.#stopped.reason);
      if (isRepeated) this.#waiting.unshift({ give, refuse });
      else this.#waiting.push({ give, refuse });
      this.#grant();
    });
  }

  release(): void {
    this.active--;
    this.#grant();
  }

  /** After an answer. */
  quicken(): void {
    this.#unanswered = 0;
    this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
    this.#grant();
  }

  /** After a request that was throttled, or found nobody. `retryAfter`: the milliseconds that the answer asked for. Returns whether it began a pause. */
  slow({ pauses }: Permit, retryAfter?: number): boolean {
    if (pauses !== this.#pauses || this.#stopped) return false;
    this.#pauses++;
    this.#limit = Math.max(1, this.#limit / 2);
    const pause = Math.min(retryAfter ?? FIRST_PAUSE * 2 ** this.#unanswered++, LONGEST_PAUSE);
    this.pausedUntil = Date.now() + pause;
    this.#timer = setTimeout(() => this.#resume(), pause);
    return true;
  }

  /** Refuses all that wait, and will. */
  stop(reason: unknown): void {
    this.#stopped = { reason };
    clearTimeout(this.#timer);
    for (const { refuse } of this.#waiting.splice(0)) refuse(reason);
  }

  #resume(): void {
    this.pausedUntil = undefined;
    this.#grant();
  }

  #grant(): void {
    while (this.pausedUntil === undefined && this.active < Math.floor(this.#limit)) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.active++;
      next.give({ pauses: this.#pauses });
    }
  }
}
