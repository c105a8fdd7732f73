import {
  AIMessage,
  type BaseMessage,
  type BaseMessageFields,
  type BaseMessageLike,
  coerceMessageLikeToMessage,
  HumanMessage,
  type MessageContent,
  type ToolCall,
  ToolMessage,
} from "@langchain/core/messages";
import { checkConstructorOptions, REPAIR_OPTIONS } from "./configuration/option_checks.js";
import { describe } from "./configuration/option_types.js";
import { repair } from "./connection/conversion.js";
import { writeRequest } from "./request/request.js";
import { decodeBytes } from "./response/messages.js";
import type { RepairedHistory, RepairHistoryOptions } from "./types/history.js";
import type { RequestWarning } from "./types/warnings.js";

/** What the core makes of a history: a number is the index of a message that stays as it is. */
interface NativeHistory {
  messages: (number | NewMessage)[];
  warnings: RequestWarning[];
}

interface NewMessage {
  /** The index of the message whose other fields stay. */
  of?: number;
  type: "human" | "ai" | "tool";
  content: MessageContent;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
  status?: "success" | "error";
  bytes?: (string | number)[][];
}

/**
 * Makes a history one that Bedrock takes, as a call does before it sends it: every tool call has one result in the next turn, every result has its call, and
 * so on (docs/history.md has the list). For those who want to store the repaired history; a call repairs what it is given anyway. Nothing is sent.
 *
 * @throws for a message that cannot be repaired, such as a human message without content; with `adaptation: "strict"` for the first repair.
 */
export function repairHistory(messages: BaseMessageLike[], options: RepairHistoryOptions = {}): RepairedHistory {
  if (!Array.isArray(messages)) throw new Error(`repairHistory: messages must be an array of messages, but it is ${describe(messages)}.`);
  checkConstructorOptions("repairHistory", options, REPAIR_OPTIONS);
  const history = messages.map(coerceMessageLikeToMessage);
  const { model = "", adaptation } = options;
  const { messages: repaired, warnings } = JSON.parse(repair(writeRequest({ modelId: model }, history, {}, { adaptation }))) as NativeHistory;
  if (warnings.length === 0) return { messages: history, warnings };
  return { messages: repaired.map((message) => (typeof message === "number" ? original(history, message) : newMessage(message, history))), warnings };
}

function original(history: BaseMessage[], index: number): BaseMessage {
  const message = history[index];
  if (message === undefined) throw new RangeError(`There is no message ${index}.`);
  return message;
}

function newMessage(repaired: NewMessage, history: BaseMessage[]): BaseMessage {
  const { of, type, tool_call_id = "", status, tool_calls = [], bytes } = repaired;
  decodeBytes(repaired, bytes);
  const source = of === undefined ? undefined : original(history, of);
  const fields = { ...keptFields(source), content: shortest(repaired.content) };
  if (type === "human") return new HumanMessage(fields);
  if (type === "ai") return new AIMessage({ ...fields, tool_calls, usage_metadata: (source as AIMessage | undefined)?.usage_metadata });
  const { artifact, metadata } = (source ?? {}) as Partial<ToolMessage>;
  return new ToolMessage({ ...fields, tool_call_id, status, artifact, metadata });
}

/** Without what says how the content was written before: calls in a provider's own form, and LangChain's version of content blocks. */
function keptFields(source: BaseMessage | undefined): Partial<BaseMessageFields> {
  if (source === undefined) return {};
  const { id, name, additional_kwargs, response_metadata } = source;
  const { tool_calls: _calls, ...kwargs } = additional_kwargs;
  const { output_version: _version, ...metadata } = response_metadata as Record<string, unknown>;
  return { id, name, additional_kwargs: kwargs, response_metadata: metadata };
}

/** A text alone is the content itself, as in most messages. */
function shortest(content: MessageContent): MessageContent {
  if (typeof content === "string") return content;
  const [block] = content;
  return content.length === 1 && block?.type === "text" && typeof block.text === "string" ? block.text : content;
}
