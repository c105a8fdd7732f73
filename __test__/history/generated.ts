import { AIMessage, type BaseMessage, mapChatMessagesToStoredMessages, mapStoredMessagesToChatMessages } from "@langchain/core/messages";
import fc from "fast-check";
import { anyHistory, messageOf, type Said } from "../parity/histories.js";
import { bytes, PIXEL } from "../parity/messages.js";

/** Conversations of agents to which something has happened: what applications, stores, other providers and interrupted streams leave. */

type Json = Record<string, unknown>;

/** A message, and what of it `Said` has no member for. */
interface Generated extends Said {
  /** Calls that LangChain could not parse. */
  invalid?: { id?: string; name?: string; args?: string }[];
  metadata?: Json;
}

type Mutation = (history: Generated[], place: number) => Generated[];

const at =
  (change: (said: Generated) => Generated | Generated[]): Mutation =>
  (history, place) =>
    history.flatMap((said, index) => (index === place ? change(said) : [said]));

const ofAi = (change: (said: Generated) => Generated): Mutation => at((said) => (said.by === "ai" ? change(said) : said));
const ofTool = (change: (said: Generated) => Generated): Mutation => at((said) => (said.by === "tool" ? change(said) : said));
const ofHuman = (change: (said: Generated) => Generated): Mutation => at((said) => (said.by === "human" ? change(said) : said));
const withBlocks = (said: Generated, ...blocks: Json[]): Generated => ({ ...said, content: [...blocksOf(said), ...blocks] });
const blocksOf = ({ content }: Said): Json[] => (typeof content === "string" ? [{ type: "text", text: content }] : (content as Json[]));

const POINT = { cachePoint: { type: "default" } };
const HOUR = { type: "cache_point", cachePoint: { type: "default", ttl: "1h" } };
const IMAGE = { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } };
const FILE = (name: string): Json => ({ type: "document", document: { format: "pdf", name, source: { bytes: bytes("AAAA") } } });

/** The kinds of what is reported by users, by what they are about. */
const MUTATIONS: Record<string, Mutation[]> = {
  messages: [
    (history, place) => history.filter((_, index) => index !== place),
    at((said) => [said, said]),
    (history, place) => [...history.slice(0, place), ...history.slice(place + 1, place + 2), ...history.slice(place, place + 1), ...history.slice(place + 2)],
    at((said) => [{ by: "human", content: "Wait." }, said]),
    at((said) => [{ by: "system", content: "Be kind." }, said]),
    (history, place) => history.slice(place),
    (history, place) => history.slice(0, place + 1),
  ],
  calls: [
    ofAi(({ calls: [call, ...calls] = [], ...said }) => (call === undefined ? said : { ...said, calls, invalid: [{ id: call.id, name: call.name, args: '{"city": "Par' }] })),
    ofAi(({ calls: [call, ...calls] = [], ...said }) => (call === undefined ? said : { ...said, calls, invalid: [{ id: call.id, name: call.name, args: "" }] })),
    ofAi((said) => ({ ...said, invalid: [{ args: '{"q": 1}' }] })),
    ofAi(({ calls = [], ...said }) => ({ ...said, calls: calls.map((call) => ({ ...call, args: '{"city": "Par' as never })) })),
    ofAi(({ calls = [], ...said }) => ({ ...said, calls: calls.map((call) => ({ ...call, args: [1] as never })) })),
    ofAi(({ calls = [], ...said }) => ({ ...said, calls: calls.map((call) => ({ ...call, id: "same" })) })),
    ofAi(({ calls = [], ...said }) => ({ ...said, calls: calls.map((call) => ({ ...call, id: undefined as never })) })),
    ofAi(({ calls = [], ...said }) => ({ ...said, calls: calls.map((call, index) => ({ ...call, id: index as never })) })),
    ofAi((said) => ({ ...withBlocks(said, ...(said.calls ?? []).map(({ id, name, args }) => ({ type: "tool_use", id, name, input: args }))), calls: said.calls?.slice(1) })),
  ],
  results: [
    ofTool((said) => ({ ...said, id: "unheard-of" })),
    ofTool((said) => ({ ...said, id: "" })),
    ofTool((said) => ({ ...said, id: 0 as never })),
    ofTool((said) => withBlocks(said, { type: "json", json: [1, 2] })),
    ofTool((said) => withBlocks(said, IMAGE, FILE("a"))),
    ofHuman((said) => withBlocks(said, { type: "tool_result", tool_use_id: "t9", content: "said before" })),
  ],
  content: [
    at((said) => withBlocks(said, { type: "text", text: "half \ud83d of it" })),
    at((said) => withBlocks(said, { type: "text", text: null })),
    ofAi((said) => withBlocks(said, IMAGE)),
    ofHuman((said) => withBlocks(said, POINT, { type: "text", text: "b" }, HOUR, { type: "text", text: "c" }, POINT, { type: "text", text: "d" }, POINT, { type: "text", text: "e" }, POINT)),
    ofAi((said) => ({ ...said, content: [HOUR, { type: "reasoning", reasoning: "So be it.", signature: "c2ln" }, POINT, ...blocksOf(said)] })),
    ofAi((said) => ({ ...said, metadata: { model_provider: "bedrock-converse", model_name: "amazon.nova-2-lite-v1:0" } })),
    ofAi((said) => ({ ...said, metadata: { model_provider: "openai" } })),
    (history) => [...history.slice(0, -1).map((said) => (said.by === "human" ? withBlocks(said, ...Array.from("abcdef", FILE)) : said)), ...history.slice(-1)],
    (history) => [...history.slice(0, -1).map((said) => (said.by === "human" ? withBlocks(said, ...Array.from({ length: 21 }, () => IMAGE)) : said)), ...history.slice(-1)],
  ],
};

export interface GeneratedHistory {
  said: Generated[];
  /** Whether the messages went through LangChain's store and JSON. */
  isStored: boolean;
  /** Whether the tools that are called are bound. */
  hasTools: boolean;
  isCached: boolean;
  /** Which model is asked first. */
  start: number;
}

/** A conversation to which one to four such things have happened. */
export const generatedHistory: fc.Arbitrary<GeneratedHistory> = fc
  .record({
    history: anyHistory,
    mutations: fc.array(fc.tuple(fc.constantFrom(...Object.values(MUTATIONS)).chain((kind) => fc.constantFrom(...kind)), fc.nat(12)), { minLength: 1, maxLength: 4 }),
    isStored: fc.boolean(),
    hasTools: fc.boolean(),
    isCached: fc.boolean(),
    start: fc.nat(99),
  })
  .map(({ history, mutations, ...settings }) => ({ said: mutations.reduce<Generated[]>((mutated, [mutate, place]) => mutate(mutated, place), history), ...settings }));

/** The messages, made anew. */
export function messagesOf({ said, isStored }: GeneratedHistory): BaseMessage[] {
  const messages = said.map(generatedMessage);
  return isStored ? mapStoredMessagesToChatMessages(JSON.parse(JSON.stringify(mapChatMessagesToStoredMessages(messages)))) : messages;
}

function generatedMessage(said: Generated): BaseMessage {
  if (said.by !== "ai") return messageOf(said);
  return new AIMessage({
    content: said.content as string,
    tool_calls: (said.calls ?? []).map((call) => ({ ...call, type: "tool_call" as const })),
    invalid_tool_calls: (said.invalid ?? []).map((call) => ({ ...call, error: "Malformed args.", type: "invalid_tool_call" as const })),
    response_metadata: said.metadata ?? { model_provider: "bedrock-converse" },
  });
}

/** Every text that somebody said, as it may be sent. */
export function textsOf({ said }: GeneratedHistory): string[] {
  const texts = said.flatMap((message) => blocksOf(message).flatMap(({ type, text, reasoning }) => (type === "text" ? [text] : [reasoning])));
  return texts.filter((text): text is string => typeof text === "string" && text.trim() !== "").map((text) => text.toWellFormed().trim());
}
