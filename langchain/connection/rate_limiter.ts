import { clearTimeout, setTimeout } from "node:timers";
import { performance } from "node:perf_hooks";
import type { RateLimit } from "../types/connection.js";
import { SlidingWindow, WINDOW } from "./sliding_window.js";

/** Time, so that a test can move it. */
export interface Clock {
  /** Milliseconds, which do not go back. */
  now(): number;
  /** Calls back after so many milliseconds; returns how to forget about it. */
  setTimer(callback: () => void, delay: number): () => void;
}

/** The timer keeps the process alive, for a call that waits. There is none while nothing waits. */
const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  setTimer: (callback, delay) => {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
};

/** By how much throttling lowers the limits: as the adaptive retry mode of AWS's SDKs does (`BETA` of their `ClientRateLimiter`). */
const LOWERED = 0.7;

/** The share of the limits that throttling leaves. Who gives numbers that are ten times too high gets there with seven throttled calls. */
const LEAST_SHARE = 0.1;

/** The share of the limits that comes back in a minute: the quota counts by minutes, so a sooner rise would not know how the one before fared. */
const RECOVERY_PER_MINUTE = 0.1;

/** How much of the limits is used while Bedrock throttles: lowered at once, raised slowly. */
class Share {
  #share = 1;
  #since = 0;
  #loweredAt = -Infinity;

  at(now: number): number {
    return Math.min(1, this.#share + ((now - this.#since) / WINDOW) * RECOVERY_PER_MINUTE);
  }

  /** `begunAt`: when the throttled call was sent. One that was sent before the last lowering says nothing of what came of that. */
  lower(begunAt: number, now: number): void {
    if (begunAt <= this.#loweredAt) return;
    this.#share = Math.max(LEAST_SHARE, this.at(now) * LOWERED);
    this.#since = now;
    this.#loweredAt = now;
  }
}

/** One of the two limits. */
class Meter {
  readonly window: SlidingWindow = new SlidingWindow();
  /** Of calls that have been let through and are not sent yet, since they wait for a permit of `maxConcurrency`. */
  held = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How much may be used before `amount` is added. What is larger than the limit has a minute for itself. */
  #mostBefore(amount: number, share: number): number {
    return Math.max(0, Math.max(1, Math.floor(this.#limit * share)) - amount);
  }

  admits(amount: number, share: number, now: number): boolean {
    return this.held + this.window.used(now) <= this.#mostBefore(amount, share);
  }

  /** Milliseconds until it does; `Infinity` if calls must be sent first. */
  timeUntilAdmitted(amount: number, share: number, now: number): number {
    const most = this.#mostBefore(amount, share) - this.held;
    return most < 0 ? Infinity : this.window.timeUntil(most, now);
  }
}

/** What became of a call. */
export interface Outcome {
  /** How often it was sent; 0 if it was not. */
  attempts: number;
  /** Whether any attempt was throttled. */
  isThrottled: boolean;
  /** Tokens of the quota that it used up; `undefined` if that is not known. */
  tokens: number | undefined;
}

/** A call that has been let through. Whoever has one must `begin` it, and `release` it at last. */
export interface Reservation {
  /** Milliseconds that the call waited for it. */
  readonly waited: number;
  /** The call is sent now. */
  begin(): void;
  /** Counts what the call used in place of what was assumed. */
  settle(outcome: Outcome): void;
  /** Gives back what was never sent. Of a call that was left, what was assumed stays counted. */
  release(): void;
}

interface Waiting {
  tokens: number;
  since: number;
  grant: (reservation: Reservation) => void;
}

/** Lets so many requests and tokens through in any minute, in the order in which they came, and fewer while Bedrock throttles. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #requests: Meter | undefined;
  readonly #tokens: Meter | undefined;
  readonly #share: Share = new Share();
  readonly #waiting: Waiting[] = [];
  #stopTimer: () => void = () => undefined;

  constructor({ requestsPerMinute, tokensPerMinute }: RateLimit, clock: Clock = SYSTEM_CLOCK) {
    this.#clock = clock;
    this.#requests = requestsPerMinute === undefined ? undefined : new Meter(requestsPerMinute);
    this.#tokens = tokensPerMinute === undefined ? undefined : new Meter(tokensPerMinute);
  }

  /** Whether it knows nothing that a new one would not know. */
  get isIdle(): boolean {
    const now = this.#clock.now();
    const isUnused = (meter: Meter | undefined): boolean => meter === undefined || (meter.held === 0 && meter.window.used(now) === 0);
    return this.#waiting.length === 0 && isUnused(this.#requests) && isUnused(this.#tokens) && this.#share.at(now) === 1;
  }

  /** `tokens`: what the call is assumed to use of the quota. `undefined` if it has to wait. */
  tryReserve(tokens: number): Reservation | undefined {
    if (this.#waiting.length > 0 || !this.#admits(tokens)) return undefined;
    return this.#reserve(tokens, 0);
  }

  /** Waits for its turn, which ends when `until`, made of a promise of the turn, rejects. */
  async reserve(tokens: number, until: (turn: Promise<Reservation>) => Promise<Reservation>): Promise<Reservation> {
    let granted: Reservation | undefined;
    let entry: Waiting | undefined;
    const turn = new Promise<Reservation>((resolve) => {
      const grant = (reservation: Reservation): void => resolve((granted = reservation));
      entry = { tokens, since: this.#clock.now(), grant };
      this.#waiting.push(entry);
    });
    if (this.#waiting.length === 1) this.#serve();
    try {
      return await until(turn);
    } catch (error) {
      // The turn may have come in the same tick in which the signal fired.
      granted?.release();
      const position = entry === undefined ? -1 : this.#waiting.indexOf(entry);
      if (position !== -1) this.#waiting.splice(position, 1);
      this.#serve();
      throw error;
    }
  }

  #admits(tokens: number): boolean {
    const now = this.#clock.now();
    const share = this.#share.at(now);
    return this.#requests?.admits(1, share, now) !== false && this.#tokens?.admits(tokens, share, now) !== false;
  }

  /** Lets through whom there is room for, and waits for the next. */
  #serve(): void {
    this.#stopTimer();
    let next = this.#waiting[0];
    while (next !== undefined && this.#admits(next.tokens)) {
      this.#waiting.shift();
      next.grant(this.#reserve(next.tokens, this.#clock.now() - next.since));
      next = this.#waiting[0];
    }
    if (next === undefined) return;
    const delay = this.#timeUntilAdmitted(next.tokens);
    if (delay < Infinity) this.#stopTimer = this.#clock.setTimer(() => this.#serve(), Math.max(1, Math.ceil(delay)));
  }

  #timeUntilAdmitted(tokens: number): number {
    const now = this.#clock.now();
    const share = this.#share.at(now);
    return Math.max(this.#requests?.timeUntilAdmitted(1, share, now) ?? 0, this.#tokens?.timeUntilAdmitted(tokens, share, now) ?? 0);
  }

  #reserve(tokens: number, waited: number): Reservation {
    this.#hold(1, tokens);
    let begun: { at: number; request: number; tokens: number } | undefined;
    let isOver = false;
    const begin = (): void => {
      if (begun !== undefined || isOver) return;
      const now = this.#clock.now();
      this.#hold(-1, -tokens);
      begun = { at: now, request: this.#requests?.window.add(1, now) ?? 0, tokens: this.#tokens?.window.add(tokens, now) ?? 0 };
      // It counts from now on, so the time of whoever waits can be told.
      if (this.#waiting.length > 0) this.#serve();
    };
    const settle = ({ attempts, isThrottled, tokens: used = tokens }: Outcome): void => {
      if (begun === undefined || isOver) return;
      isOver = true;
      const now = this.#clock.now();
      correct(this.#requests?.window, begun.request, attempts - 1, now);
      correct(this.#tokens?.window, begun.tokens, used - tokens, now);
      if (isThrottled) this.#share.lower(begun.at, now);
      if (this.#waiting.length > 0) this.#serve();
    };
    const release = (): void => {
      if (begun !== undefined || isOver) return;
      isOver = true;
      this.#hold(-1, -tokens);
      if (this.#waiting.length > 0) this.#serve();
    };
    return { waited, begin, settle, release };
  }

  #hold(requests: number, tokens: number): void {
    if (this.#requests !== undefined) this.#requests.held += requests;
    if (this.#tokens !== undefined) this.#tokens.held += tokens;
  }
}

/** What was not used is given back to the minute that it was taken from; what was used beyond it was used now. */
function correct(window: SlidingWindow | undefined, slot: number, difference: number, now: number): void {
  if (difference < 0) window?.change(slot, difference, now);
  else if (difference > 0) window?.add(difference, now);
}
