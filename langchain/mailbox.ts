import { setInterval } from "node:timers";
import type { NativeLetter } from "./native.js";

type Outcome = NativeLetter["outcome"];

/** Characters of outcomes that are dealt with before other work gets its turn: some milliseconds' worth of chunks. */
const ONE_TURN = 64 * 1024;

/** Where calls wait for what the core makes of them. */
export class Mailbox {
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #late: NativeLetter[] = [];
  #calls = 0;

  /** Makes a call under a number of its own and resolves with its outcome. */
  ask(start: (call: number) => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const call = (this.#calls = (this.#calls + 1) >>> 0);
      start(call);
      if (this.#waiting.size === 0) stayAlive();
      this.#waiting.set(call, resolve);
    });
  }

  /** Takes outcomes from the core. Those that would keep everything else waiting are dealt with in the next turn of the event loop. */
  readonly deliver = (letters: NativeLetter[]): void => {
    const isBehind = this.#late.length > 0;
    this.#late = isBehind ? this.#late.concat(letters) : letters;
    if (!isBehind) this.#handOut();
  };

  #handOut(): void {
    const hasWaited = this.#waiting.size > 0;
    let handedOut = 0;
    for (let size = 0; handedOut < this.#late.length && size < ONE_TURN; handedOut++) {
      const { call, outcome } = this.#late[handedOut] as NativeLetter;
      size += typeof outcome === "string" ? outcome.length : 0;
      const resolve = this.#waiting.get(call);
      this.#waiting.delete(call);
      resolve?.(outcome);
    }
    this.#late = this.#late.slice(handedOut);
    if (this.#late.length > 0) setImmediate(() => this.#handOut());
    if (hasWaited && this.#waiting.size === 0) endWhenDone();
  }
}

/** What keeps the process alive while anything waits: one timer for all, since the core's own handles do not. */
let timer: NodeJS.Timeout | undefined;
let mailboxes = 0;

function stayAlive(): void {
  timer ??= setInterval(() => undefined, 2 ** 31 - 1);
  if (mailboxes++ === 0) timer.ref();
}

function endWhenDone(): void {
  if (--mailboxes === 0) timer?.unref();
}
