// Not the globals, which test runners replace by fake timers: answers must arrive all the same.
import { clearInterval, setImmediate, setInterval } from "node:timers";
import type { NativeCompletion } from "../native.js";

export type Outcome = NativeCompletion["outcome"];

/** Characters of outcomes that are delivered in one turn of the event loop: to parse so many takes some milliseconds. */
const MAX_CHARACTERS_PER_TURN = 64 * 1024;

/** Matches the outcomes that the core delivers with the calls that wait for them. */
export class Mailbox {
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #undelivered: NativeCompletion[] = [];
  #lastCall = 0;

  /** Starts a call under a new number and resolves with its outcome. */
  call(start: (call: number) => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const call = (this.#lastCall = (this.#lastCall + 1) >>> 0);
      start(call);
      if (this.#waiting.size === 0) keepAlive();
      this.#waiting.set(call, resolve);
    });
  }

  /** Takes completions from the core. What exceeds the limit of one turn is delivered in the next turn of the event loop. */
  readonly deliver = (completions: NativeCompletion[]): void => {
    const isScheduled = this.#undelivered.length > 0;
    this.#undelivered = isScheduled ? this.#undelivered.concat(completions) : completions;
    if (!isScheduled) this.#deliverOneTurn();
  };

  #deliverOneTurn(): void {
    const hadWaiting = this.#waiting.size > 0;
    let delivered = 0;
    for (let size = 0; delivered < this.#undelivered.length && size < MAX_CHARACTERS_PER_TURN; delivered++) {
      const { call, outcome } = this.#undelivered[delivered] as NativeCompletion;
      size += typeof outcome === "string" ? outcome.length : 0;
      const resolve = this.#waiting.get(call);
      this.#waiting.delete(call);
      resolve?.(outcome);
    }
    this.#undelivered = this.#undelivered.slice(delivered);
    if (this.#undelivered.length > 0) setImmediate(() => this.#deliverOneTurn());
    if (hadWaiting && this.#waiting.size === 0) release();
  }
}

/**
 * Keeps the process alive while any call waits: one timer for all mailboxes, since the core's own handles are weak. It ends with the last call: Node.js would
 * hold on to it, and by it to this package in a realm of its own (a `vm` context, a module registry of Jest) and to what the first caller's AsyncLocalStorage has.
 */
let timer: NodeJS.Timeout | undefined;
let mailboxesThatWait = 0;

function keepAlive(): void {
  if (mailboxesThatWait++ === 0) timer = setInterval(() => undefined, 2 ** 31 - 1);
}

function release(): void {
  if (--mailboxesThatWait > 0) return;
  clearInterval(timer);
  timer = undefined;
}
