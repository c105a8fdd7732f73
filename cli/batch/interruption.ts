import { ExitCode } from "./exit_codes.js";

/** Ctrl-C, or SIGTERM, while a batch is at work. */
export class Interruption {
  /** What the process ends with, once it was interrupted: 128 and the number of the signal, as shells have it. */
  code: ExitCode | undefined;
  readonly #controller = new AbortController();
  readonly #onFirst: (() => void) | undefined;

  /** With `onFirst` the first one is told there, and `signal` fires at the second one. */
  constructor(onFirst?: () => void) {
    this.#onFirst = onFirst;
    process.on("SIGINT", this.#on).on("SIGTERM", this.#on);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  release(): void {
    process.off("SIGINT", this.#on).off("SIGTERM", this.#on);
  }

  readonly #on = (signal: NodeJS.Signals): void => {
    const isFirst = this.code === undefined;
    this.code ??= signal === "SIGINT" ? ExitCode.interrupted : ExitCode.terminated;
    if (isFirst && this.#onFirst !== undefined) this.#onFirst();
    else this.#controller.abort();
  };
}
