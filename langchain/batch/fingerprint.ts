import { createHash, type Hash } from "node:crypto";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatBedrockConverse, ChatBedrockConverseCallOptions } from "langchain-aws-native";

/** Options of the model beside those of the request's body that decide what is asked and kept. */
const SETTINGS = ["adaptation", "guardLastTurnOnly", "redactGuardrailContent", "splitInlineReasoning"] as const;

/** Members of the request that change nothing of the answer. */
const INDIFFERENT = new Set(["requestMetadata", "performanceConfig", "serviceTier"]);

/** Members of a message that a request is made of. Ids are not: LangChain's stores give a message a new one in each process. */
const MEMBERS = ["content", "name", "role", "tool_calls", "invalid_tool_calls", "tool_call_id", "status", "additional_kwargs", "response_metadata"] as const;

/** Inputs are JSON; only one that contains itself is deeper. */
const MAX_DEPTH = 500;

/** What decides the answers of calls with these options, beside the input; without secrets. */
export function settingsOf(model: ChatBedrockConverse, options: Partial<ChatBedrockConverseCallOptions>): Record<string, unknown> {
  const { applicationInferenceProfile, model: id } = model;
  const settings = { modelId: applicationInferenceProfile ?? id, ...model.invocationParams(options), ...Object.fromEntries(SETTINGS.map((option) => [option, model[option]])) };
  const decisive = Object.entries(settings).filter(([name, value]) => value !== undefined && !INDIFFERENT.has(name));
  return JSON.parse(JSON.stringify(Object.fromEntries(decisive))) as Record<string, unknown>;
}

/** A hash of an input: equal for equal messages, whatever the order of their members. */
export function hashOf(messages: BaseMessage[]): string {
  const text = new Fingerprint();
  for (const message of messages) {
    text.add(message.getType(), 0);
    for (const member of MEMBERS) text.add((message as unknown as Record<string, unknown>)[member], 0);
  }
  return text.digest();
}

/** Values as a text without ambiguity, hashed. */
class Fingerprint {
  readonly #hash: Hash = createHash("sha256");
  #text = "";

  add(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH) throw new Error(`BedrockBatch: a message is nested more than ${MAX_DEPTH} levels deep, or contains itself.`);
    if (typeof value === "string") this.#text += `"${value.length}:${value}`;
    else if (typeof value !== "object" || value === null) this.#text += `${String(value ?? null)};`;
    else if (ArrayBuffer.isView(value)) this.#addBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    else if (Array.isArray(value)) this.#addList(value, depth + 1);
    else if ("toJSON" in value && typeof value.toJSON === "function") this.add(value.toJSON(), depth + 1);
    else this.#addMembers(value, depth + 1);
  }

  digest(): string {
    return this.#hash.update(this.#text).digest("base64url");
  }

  #addBytes(bytes: Uint8Array): void {
    this.#hash.update(`${this.#text}bytes ${bytes.length}:`).update(bytes);
    this.#text = "";
  }

  #addList(values: unknown[], depth: number): void {
    this.#text += `[${values.length}:`;
    for (const value of values) this.add(value, depth);
  }

  #addMembers(value: object, depth: number): void {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([one], [other]) => (one < other ? -1 : 1));
    this.#text += `{${members.length}:`;
    for (const [name, member] of members) {
      this.add(name, depth);
      this.add(member, depth);
    }
  }
}
