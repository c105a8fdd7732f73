// Not the globals, which test runners replace by fake timers: answers must arrive all the same.
import { clearInterval, setImmediate, setInterval } from "node:timers";
import { type NativeCompletion, type NativeUndelivered, outsideCalls } from "../native.js";

export type Outcome = NativeCompletion["outcome"];

/**
 * Takes the outcome out of its completion. A promise that has waited for some time is among V8's old objects, and what it was resolved with is kept until these
 * are collected: with hundreds of streams, every text of theirs would be.
 */
export function takeOutcome(completion: NativeCompletion): Outcome {
  const { outcome } = completion;
  completion.outcome = undefined;
  return outcome;
}

/** Matches the outcomes that the core delivers with the calls that wait for them. */
export class Mailbox {
  readonly #waiting = new Map<number, (completion: NativeCompletion) => void>();
  #lastCall = 0;

  /** Starts a call under a new number and resolves with its completion, for {@link takeOutcome}. */
  call(start: (call: number) => void): Promise<NativeCompletion> {
    return new Promise((resolve) => {
      const call = (this.#lastCall = (this.#lastCall + 1) >>> 0);
      start(call);
      if (this.#waiting.size === 0) keepAlive();
      this.#waiting.set(call, resolve);
    });
  }

  /** Takes completions from the core. `others` has those that one turn of the event loop should not handle. */
  readonly deliver = (completions: NativeCompletion[], others?: NativeUndelivered | null): void => {
    this.#resolve(completions);
    if (others != null) this.#deliverLater(others);
  };

  #deliverLater(others: NativeUndelivered): void {
    setImmediate(() => {
      const completions = others.take();
      if (completions.length === 0) return;
      this.#resolve(completions);
      this.#deliverLater(others);
    });
  }

  #resolve(completions: NativeCompletion[]): void {
    const hadWaiting = this.#waiting.size > 0;
    for (const completion of completions) {
      const resolve = this.#waiting.get(completion.call);
      this.#waiting.delete(completion.call);
      resolve?.(completion);
    }
    if (hadWaiting && this.#waiting.size === 0) release();
  }
}

/**
 * Keeps the process alive while any call waits: one timer for all mailboxes, since the core's own handles are weak. It serves calls that follow each other, and
 * ends when none has waited for a while: Node.js holds on to it, and by it to this package in a realm of its own (a `vm` context, a module registry of Jest).
 */
let timer: NodeJS.Timeout | undefined;
let mailboxesThatWait = 0;

/** Milliseconds. To make a timer for each call that is alone costs its thread a twentieth of the call. */
const INTERVAL = 1_000;

function keepAlive(): void {
  if (mailboxesThatWait++ > 0) return;
  if (timer === undefined) timer = outsideCalls(() => setInterval(endIfUnused, INTERVAL));
  else timer.ref();
}

function release(): void {
  if (--mailboxesThatWait === 0) timer?.unref();
}

function endIfUnused(): void {
  if (mailboxesThatWait > 0) return;
  clearInterval(timer);
  timer = undefined;
}
