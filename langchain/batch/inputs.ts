import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import { type BaseMessage, coerceMessageLikeToMessage, HumanMessage, isBaseMessage } from "@langchain/core/messages";
import { describe } from "../configuration/option_types.js";
import { untilAborted } from "../connection/cancellation.js";
import type { BatchInput, BatchInputs, IdentifiedInput } from "../types/batch.js";
import { mistake } from "./mistake.js";
import { idOfIndex, UsedIds } from "./used_ids.js";

/** As error messages name it. */
const CLASS_NAME = "BedrockBatch";

/** What an input may be, for error messages. */
const AN_INPUT = "a text, a list of messages, a prompt value, or { id, input }";

/** An input of a batch, as it is asked. */
export interface BatchRecord {
  /** Its place among the inputs, from 0. */
  index: number;
  id: string;
  messages: BaseMessage[];
}

/** Reads inputs one by one, each when it is asked for. Throws one sentence for what is no input, and for an id that two inputs have. */
export async function* readInputs(inputs: BatchInputs): AsyncGenerator<BatchRecord> {
  checkInputs(inputs);
  const ids = new UsedIds();
  let index = 0;
  for await (const given of inputs) {
    const { id, input } = isIdentified(given) ? given : { id: idOfIndex(index), input: given };
    checkId(id, index);
    if (!ids.add(id, index)) throw mistake(`${CLASS_NAME}: two inputs have the id ${JSON.stringify(id)}; the second is input ${index}, counted from 0.`);
    yield { index, id, messages: messagesOf(input, id, index) };
    index++;
  }
}

/** Reads inputs until the signal fires, also while the next one is waited for. Rejects with the signal's reason then. */
export async function* readInputsUntil(inputs: BatchInputs, signal: AbortSignal | undefined): AsyncGenerator<BatchRecord> {
  if (signal === undefined) return yield* readInputs(inputs);
  const records = readInputs(inputs);
  let isReading = false;
  try {
    for (;;) {
      isReading = true;
      const { done, value } = await untilAborted(records.next(), signal);
      isReading = false;
      if (done) return;
      yield value;
    }
  } finally {
    const closed = records.return(undefined);
    // Its next input may never come.
    if (isReading) closed.catch(() => undefined);
    else await closed;
  }
}

/** A text can be iterated, too: each of its characters would be a question. */
function checkInputs(inputs: unknown): asserts inputs is BatchInputs {
  const isIterable = typeof inputs === "object" && inputs !== null && (Symbol.iterator in inputs || Symbol.asyncIterator in inputs);
  if (!isIterable) throw mistake(`${CLASS_NAME}: the inputs must be an iterable or an async iterable, such as an array, but they are ${describe(inputs)}.`);
}

function isIdentified(given: BatchInput): given is IdentifiedInput {
  return typeof given === "object" && given !== null && !Array.isArray(given) && "input" in given && !("toChatMessages" in given);
}

function checkId(id: unknown, index: number): void {
  if (typeof id !== "string" || id === "") {
    const what = id === undefined ? "it has none" : `it is ${typeof id === "number" ? `the number ${id}` : describe(id)}`;
    throw mistake(`${CLASS_NAME}: the id of input ${index} must be a text that is not empty, but ${what}.`);
  }
  // In UTF-8, in which ids are kept and sent, all lone surrogates would become the same character.
  if (!id.isWellFormed()) throw mistake(`${CLASS_NAME}: the id of input ${index}, ${JSON.stringify(id)}, is no well-formed Unicode: it has half of a surrogate pair.`);
}

function messagesOf(input: BaseLanguageModelInput, id: string, index: number): BaseMessage[] {
  if (typeof input === "string") return [new HumanMessage(input)];
  if (Array.isArray(input)) return input.map((message) => messageOf(message, id, index));
  if (typeof input === "object" && input !== null && "toChatMessages" in input) return input.toChatMessages();
  const what = isBaseMessage(input) ? "a single message: put it into a list" : describe(input);
  throw mistake(`${CLASS_NAME}: input ${index} (${id}) must be ${AN_INPUT}, but it is ${what}.`);
}

function messageOf(message: Parameters<typeof coerceMessageLikeToMessage>[0], id: string, index: number): BaseMessage {
  try {
    return coerceMessageLikeToMessage(message);
  } catch (error) {
    throw mistake(`${CLASS_NAME}: input ${index} (${id}) has a message that is none: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}
