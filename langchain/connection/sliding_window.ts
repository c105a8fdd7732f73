/** Milliseconds. Bedrock's quotas are per minute. */
export const WINDOW: number = 60_000;

/** Milliseconds. What is used within one is forgotten at once, so that a window has the same size however much is used. */
const SLOT = 100;

/** One more than a minute has, since the first and the last are there in part. */
const SLOTS = WINDOW / SLOT + 1;

/** What was used in the last minute. No minute, wherever it begins, has more than what `used` said in it. */
export class SlidingWindow {
  readonly #amounts: Float64Array = new Float64Array(SLOTS);
  /** Counted since the clock's zero. */
  #newest = 0;
  #used = 0;

  /** `now`: milliseconds, which do not go back. */
  used(now: number): number {
    this.#advance(now);
    return this.#used;
  }

  /** Returns where it was counted, for `change`. */
  add(amount: number, now: number): number {
    this.#advance(now);
    this.#put(this.#newest, amount);
    return this.#newest;
  }

  /** Corrects what was counted in a slot, unless that is forgotten. */
  change(slot: number, amount: number, now: number): void {
    this.#advance(now);
    if (slot > this.#newest - SLOTS) this.#put(slot, amount);
  }

  /** Milliseconds until no more than `most`, which is not negative, is used, if nothing is added; 0 if that is so now. */
  timeUntil(most: number, now: number): number {
    let used = this.used(now);
    let slot = this.#newest - SLOTS;
    while (used > most) used -= this.#amounts[++slot % SLOTS] ?? 0;
    return slot === this.#newest - SLOTS ? 0 : (slot + SLOTS) * SLOT - now;
  }

  #put(slot: number, amount: number): void {
    this.#amounts[slot % SLOTS]! += amount;
    this.#used += amount;
  }

  #advance(now: number): void {
    const slot = Math.floor(now / SLOT);
    const passed = Math.min(slot - this.#newest, SLOTS);
    for (let index = 1; index <= passed; index++) {
      const place = (slot - passed + index) % SLOTS;
      this.#used -= this.#amounts[place]!;
      this.#amounts[place] = 0;
    }
    this.#newest = Math.max(this.#newest, slot);
  }
}
