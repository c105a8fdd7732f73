import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { BatchResult } from "langchain-aws-native/batch";

/** Writes results, one JSON object a line, to a file or to standard output. */
export class ResultWriter {
  /** The number of failures by the names of their errors. */
  readonly failures: Map<string, number> = new Map();
  readonly #file: string | undefined;
  readonly #isWhole: boolean;
  #stream: Writable | undefined;
  #failure: Error | undefined;

  /** `isWhole`: whether messages are written as LangChain stores them, and not only what they say. */
  constructor(file: string | undefined, isWhole: boolean) {
    this.#file = file;
    this.#isWhole = isWhole;
  }

  /** Resolves when there is room for the next one. */
  async write(result: BatchResult): Promise<void> {
    const stream = (this.#stream ??= this.#open());
    if (result.error !== undefined) this.failures.set(result.error.name, (this.failures.get(result.error.name) ?? 0) + 1);
    // It rejects when the stream fails, which is told below.
    if (!stream.write(`${JSON.stringify(this.#lineOf(result))}\n`)) await once(stream, "drain").catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    if (this.#file === undefined || this.#stream === undefined) return;
    this.#stream.end();
    await finished(this.#stream);
  }

  #open(): Writable {
    const stream = this.#file === undefined ? process.stdout : createWriteStream(this.#file);
    const name = this.#file ?? "standard output";
    // Of a pipe whose reader has left, among others.
    stream.on("error", (error) => (this.#failure = new Error(`The results cannot be written to ${name}: ${error.message}.`)));
    return stream;
  }

  #lineOf({ id, message, error }: BatchResult): object {
    if (error !== undefined) return { id, error: { name: error.name, message: error.message, hint: (error as { hint?: string }).hint } };
    if (this.#isWhole) return { id, message: message.toDict() };
    const { text, tool_calls, usage_metadata: usage, response_metadata } = message;
    return { id, text, ...(tool_calls?.length ? { tool_calls } : {}), usage, stopReason: response_metadata["stopReason"] as unknown };
  }
}
