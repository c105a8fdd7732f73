import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { BatchResult } from "langchain-aws-native/batch";
import type { ProgressDisplay } from "./progress.js";

/** How results are written. */
export interface ResultArguments {
  /** A file, instead of standard output. */
  output?: string;
  inOrder: boolean;
  /** Whether messages are written as LangChain stores them, and not only what they say. */
  whole: boolean;
  /** Progress as JSON. */
  json: boolean;
}

/** Writes results, one JSON object a line, to a file or to standard output. */
export class ResultWriter {
  /** The number of failures by the names of their errors. */
  readonly #failures = new Map<string, number>();
  readonly #given: ResultArguments;
  readonly #display: ProgressDisplay;
  #answered = 0;
  #stream: Writable | undefined;
  #failure: Error | undefined;

  constructor(given: ResultArguments, display: ProgressDisplay) {
    this.#given = given;
    this.#display = display;
  }

  /** Writes all results, each when there is room for it. Throws what the results throw, and one sentence if they cannot be written. */
  async writeAll(results: AsyncIterable<BatchResult>): Promise<void> {
    try {
      for await (const result of results) await this.#write(result);
    } finally {
      await this.#close();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  get hasFailures(): boolean {
    return this.#failures.size > 0;
  }

  /** How many were answered, and why others were not. */
  summary(): string {
    const causes = [...this.#failures].map(([name, count]) => `${count} ${name}`).join(", ");
    const failed = [...this.#failures.values()].reduce((sum, count) => sum + count, 0);
    return `${this.#answered} answered${failed > 0 ? `, ${failed} failed: ${causes}` : ""}.`;
  }

  async #write(result: BatchResult): Promise<void> {
    const stream = (this.#stream ??= this.#open());
    if (stream === process.stdout && process.stdout.isTTY) this.#display.clear();
    if (result.error === undefined) this.#answered++;
    else this.#failures.set(result.error.name, (this.#failures.get(result.error.name) ?? 0) + 1);
    // It rejects when the stream fails, which is told below.
    if (!stream.write(`${JSON.stringify(this.#lineOf(result))}\n`)) await once(stream, "drain").catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #close(): Promise<void> {
    if (this.#stream === undefined || this.#stream === process.stdout) return;
    this.#stream.end();
    await finished(this.#stream).catch(() => undefined);
  }

  #open(): Writable {
    const { output } = this.#given;
    const stream = output === undefined ? process.stdout : createWriteStream(output);
    // Of a pipe whose reader has left, among others.
    stream.on("error", (error) => (this.#failure = new Error(`The results cannot be written to ${output ?? "standard output"}: ${error.message}.`)));
    return stream;
  }

  #lineOf({ id, message, error, ...others }: BatchResult): object {
    if (error !== undefined) return { id, error: { name: error.name, message: error.message, hint: (error as { hint?: string }).hint } };
    if (this.#given.whole) return { id, message: message.toDict(), ...others };
    const { text, tool_calls, usage_metadata: usage, response_metadata } = message;
    return { id, text, ...others, ...(tool_calls?.length ? { tool_calls } : {}), usage, stopReason: response_metadata["stopReason"] as unknown };
  }
}
