import { createReadStream } from "node:fs";
import type { BatchInput } from "langchain-aws-native/batch";
import { readInputs } from "../../langchain/batch/inputs.js";
import { UsageError } from "../command.js";
import { type FileMessage, messagesOfFile } from "../stored_messages.js";

/** Characters of a line; Bedrock takes no request of that size. */
const MAX_LINE = 64 << 20;

/** A line of the file, parsed. */
type FileInput = string | FileMessage[] | { id: string; input: string | FileMessage[] };

/**
 * The inputs of a file of JSON lines, or of standard input (`-`), read as they are asked for. Throws a sentence with the number of a line that is none.
 * `place` is told the number of the line that was read last, from 1.
 */
export async function* inputsOf(file: string, place: { line: number } = { line: 0 }): AsyncGenerator<BatchInput> {
  for await (const line of linesOf(file)) {
    place.line++;
    // Some editors of Windows begin a file with a mark of its byte order.
    const text = place.line === 1 ? line.replace(/^\uFEFF/, "") : line;
    if (text.trim() !== "") yield await inputOf(parse(text, `${nameOf(file)}, line ${place.line}`));
  }
}

/** The number of inputs of a file. Reads it once before anything is asked: a mistake in its last line would be found when all others are paid for. */
export async function countInputs(file: string): Promise<number> {
  let count = 0;
  const place = { line: 0 };
  try {
    for await (const _ of readInputs(inputsOf(file, place))) count++;
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${file}, line ${place.line}: ${(error as Error).message}`);
  }
  return count;
}

/** Inputs that end when they are told to, also while the next one is waited for. */
export class StoppableInputs implements AsyncIterable<BatchInput> {
  readonly #inputs: AsyncGenerator<BatchInput>;
  #isStopped = false;
  #end: () => void = () => undefined;

  constructor(inputs: AsyncGenerator<BatchInput>) {
    this.#inputs = inputs;
  }

  stop(): void {
    this.#isStopped = true;
    this.#end();
    // A pipe that is waited for would keep the process.
    process.stdin.destroy();
  }

  [Symbol.asyncIterator](): AsyncIterator<BatchInput> {
    const end: IteratorResult<BatchInput> = { done: true, value: undefined };
    const next = (): Promise<IteratorResult<BatchInput>> =>
      new Promise((resolve, reject) => {
        this.#end = () => resolve(end);
        if (this.#isStopped) resolve(end);
        else this.#inputs.next().then(resolve, reject);
      });
    return { next, return: async () => end };
  }
}

async function inputOf(line: FileInput): Promise<BatchInput> {
  if (Array.isArray(line)) return messagesOfFile(line);
  if (typeof line !== "object" || line === null || !Array.isArray(line.input)) return line as BatchInput;
  return { ...line, input: await messagesOfFile(line.input) };
}

function parse(line: string, where: string): FileInput {
  try {
    return JSON.parse(line) as FileInput;
  } catch (error) {
    throw new UsageError(`${where}: This is not JSON: ${(error as Error).message}.`);
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = file === "-" ? process.stdin : createReadStream(file);
  // Joined once: a long line would be copied for each of its pieces.
  let pieces: string[] = [];
  let length = 0;
  try {
    for await (const chunk of stream.setEncoding("utf8")) {
      const [first = "", ...others] = String(chunk).split("\n");
      pieces.push(first);
      length += first.length;
      for (const other of others) {
        yield pieces.join("");
        pieces = [other];
        length = other.length;
      }
      if (length > MAX_LINE) throw new UsageError(`${nameOf(file)}: A line is longer than 64 MB. The file must have one JSON value a line.`);
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : new UsageError(`${file} cannot be read: ${(error as Error).message}.`);
  }
  if (length > 0) yield pieces.join("");
}

function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}
