import { type BaseMessage, HumanMessage, type MessageContent } from "@langchain/core/messages";
import { COUNT_TIMEOUT } from "./configuration/time_limits.js";
import type { CallOptions } from "./connection/call.js";
import type { ModelConnection } from "./connection/model_connection.js";
import { TokenMemory } from "./connection/token_memory.js";
import { approximateContent, approximateJson, approximateMessage, isOfAnswer } from "./request/approximate_tokens.js";
import { foundationModel, hasCountTokens } from "./request/count_tokens.js";
import type { Request } from "./request/request.js";
import type { TokenCounts } from "./types/chat.js";

/** What counting needs of a model. */
export interface Counting {
  /** The model that rules are about. */
  model: string;
  connection: ModelConnection;
  call: CallOptions;
  toolConfig: object | undefined;
  /** Makes the request to a model. */
  write: (messages: BaseMessage[], modelId: string) => Request;
}

/** The input tokens of a conversation. Counts of single messages are shares of the whole: Bedrock tells no others. */
export async function countMessages(messages: BaseMessage[], counting: Counting): Promise<TokenCounts> {
  if (messages.length === 0) return { totalCount: 0, countPerMessage: [] };
  const shares = [approximateJson(counting.toolConfig), ...messages.map(approximateMessage)];
  const totalCount = (await ask(messages, counting)) ?? sum(shares);
  return { totalCount, countPerMessage: apportion(totalCount, shares).slice(1) };
}

/** The tokens of a user message with this content; of blocks that only an answer can have, the approximation. */
export async function countContent(content: MessageContent, counting: Counting): Promise<number> {
  const blocks: unknown[] = typeof content === "string" ? [content] : content;
  const sent = blocks.filter((block) => !isOfAnswer(block));
  const others = approximateContent(blocks.filter(isOfAnswer));
  if (sent.every(isBlank)) return others + approximateContent(sent);
  const message = new HumanMessage({ content: (typeof content === "string" ? content : sent) as MessageContent });
  return others + ((await ask([message], counting)) ?? approximateMessage(message));
}

/** Bedrock's count; `undefined` if it cannot be had. Whatever the reason, nobody is to fail for it: the model's next call says what is wrong. */
async function ask(messages: BaseMessage[], { model, connection, call, write }: Counting): Promise<number | undefined> {
  call.signal?.throwIfAborted();
  if (!hasCountTokens(model)) return undefined;
  const memory = hasOwnIdentity(call) ? new TokenMemory() : connection.tokenMemory;
  const request = attempt(() => write(messages, foundationModel(model)));
  const responseTimeout = Math.min(call.responseTimeout ?? Infinity, COUNT_TIMEOUT);
  return request && memory.count(request, call.signal, (sent) => connection.countTokens(sent, { ...call, responseTimeout }));
}

/** What one tenant is refused says nothing of another. */
function hasOwnIdentity({ credentials, bearerToken }: CallOptions): boolean {
  return credentials !== undefined || bearerToken !== undefined;
}

/** `undefined` for messages that cannot be sent. */
function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function isBlank(block: unknown): boolean {
  const text = typeof block === "object" && block !== null && "text" in block ? block.text : block;
  return typeof text === "string" && text.trim() === "";
}

/** Whole numbers in the proportion of `shares`, which add up to `total`: what rounding leaves goes to the largest remainders, the first of equals. */
function apportion(total: number, shares: number[]): number[] {
  const all = sum(shares);
  const exact = shares.map((share) => (total * share) / all);
  const counts = exact.map(Math.floor);
  const remainder = (index: number): number => (exact[index] ?? 0) - (counts[index] ?? 0);
  const order = [...counts.keys()].sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const index of order.slice(0, total - sum(counts))) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
