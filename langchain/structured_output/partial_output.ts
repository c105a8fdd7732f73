import { isDeepStrictEqual } from "node:util";
import type { AIMessageChunk } from "@langchain/core/messages";
import { parsePartialJson } from "@langchain/core/output_parsers";
import type { Method } from "./method.js";
import type { Output } from "./output_schema.js";

/** The object of an answer that is still being written. */
export class PartialOutput {
  readonly #piece: (chunk: AIMessageChunk) => string;
  #text = "";
  /** The length of the text that was read last. */
  #read = 0;
  /** The object that was given last. */
  #last: Output | undefined;

  constructor(method: Method, name: string) {
    this.#piece = method === "functionCalling" ? argumentsOf(name) : ({ text }) => text;
  }

  get last(): Output | undefined {
    return this.#last;
  }

  /** The object so far; `undefined` when there is none, or nothing new in it. */
  add(chunk: AIMessageChunk): Output | undefined {
    const piece = this.#piece(chunk);
    this.#text += piece;
    // Read whenever it has grown by a 64th, so that long texts take time in proportion to their length and not to its square.
    if (piece === "" || this.#text.length - this.#read < this.#read / 64) return undefined;
    this.#read = this.#text.length;
    const output = objectIn(this.#text);
    if (output === undefined || isDeepStrictEqual(output, this.#last)) return undefined;
    this.#last = output;
    return replacedByNext(output);
  }
}

/** The pieces of the arguments of the first call by that name. */
function argumentsOf(name: string): (chunk: AIMessageChunk) => string {
  let index: number | undefined;
  return ({ tool_call_chunks = [] }) => {
    index ??= tool_call_chunks.find((call) => call.name === name)?.index;
    return tool_call_chunks.map((call) => (index !== undefined && call.index === index ? (call.args ?? "") : "")).join("");
  };
}

/** The object that starts at the first brace. */
function objectIn(text: string): Output | undefined {
  const start = text.indexOf("{");
  if (start === -1) return undefined;
  const value: unknown = parsePartialJson(withoutHalfEscape(text.slice(start)));
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && !("concat" in value) ? (value as Output) : undefined;
}

/** Core's parser takes the beginning of an escape sequence for text. */
function withoutHalfEscape(text: string): string {
  const [half = ""] = /\\+(?:u[\da-fA-F]{0,3})?$/.exec(text) ?? [];
  const backslashes = half.lastIndexOf("\\") + 1;
  return backslashes % 2 === 1 ? text.slice(0, text.length - half.length + backslashes - 1) : text;
}

/**
 * A chain collects a stream by adding up its chunks, strings of objects too, where each of these objects replaces the one before. Core's sum uses a
 * `concat` of the chunk's own. It is not enumerable: no copy, comparison or JSON has it.
 */
function replacedByNext(output: Output): Output {
  return Object.defineProperty(output, "concat", { value: (next: unknown) => next, enumerable: false });
}
