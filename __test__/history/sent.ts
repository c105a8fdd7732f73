import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatBedrockConverseInput, RequestWarning } from "langchain-aws-native";
import type { Bedrock } from "langchain-aws-native/testing";
import { checkRequest } from "../../testing/checks/index.js";
import { ourModel } from "../support/models.js";
import type { Json } from "./dialects.js";

/** A model of each family; Claude Opus 4.8 does not continue an answer of its own. */
export const FAMILIES = [
  "anthropic.claude-haiku-4-5-20251001-v1:0",
  "us.anthropic.claude-opus-4-8",
  "amazon.nova-pro-v1:0",
  "meta.llama3-3-70b-instruct-v1:0",
  "mistral.mistral-large-2407-v1:0",
  "qwen.qwen3-32b-v1:0",
  "openai.gpt-oss-120b-1:0",
  "deepseek.r1-v1:0",
  "deepseek.v3-v1:0",
];

export interface Sent {
  body: { messages: { role: string; content: Json[] }[]; [member: string]: unknown };
  warnings: RequestWarning[];
}

/** What a model sends for a conversation, or the error without a request. */
export async function send(bedrock: Bedrock, messages: BaseMessage[], fields: ChatBedrockConverseInput): Promise<Sent | Error> {
  bedrock.requests.length = 0;
  try {
    const answer = await ourModel(bedrock, fields).invoke(messages);
    return { body: bedrock.requests[0]?.body as never, warnings: (answer.response_metadata["warnings"] ?? []) as RequestWarning[] };
  } catch (error) {
    return error as Error;
  }
}

/** Bedrock's refusal of what was sent. */
export function refusalOf({ body }: Sent, modelId: string): string | undefined {
  return checkRequest({ operation: "converse", modelId, body: body as never })?.message;
}

const TEXT_TYPES = [undefined, "text", "input_text", "output_text", "text_delta"];

/** The texts of a message, and the arguments of its calls. Reasoning is not among them. */
export function saidIn(message: BaseMessage): string[] {
  const blocks = (typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content) as (Json | string)[];
  const texts = blocks.map((block) => {
    if (typeof block === "string") return block;
    if (block["type"] === "refusal") return block["refusal"];
    return TEXT_TYPES.includes(block["type"] as string | undefined) && block["thought"] !== true ? block["text"] : undefined;
  });
  const { tool_calls = [], invalid_tool_calls = [] } = message as Partial<AIMessage>;
  const calls = [...tool_calls.map(({ args }) => JSON.stringify(args)), ...invalid_tool_calls.map(({ args }) => args)];
  return [...texts, ...calls].filter((said): said is string => typeof said === "string").map((said) => said.trim()).filter((said) => said !== "");
}

/** The texts that are neither in the request nor in a warning. JSON may be inside JSON, and a text in pieces. */
export function missingIn({ body, warnings }: Sent, said: string[]): string[] {
  const pieces = body.messages.map(({ content }) => content.map(({ text }) => text ?? "").join(""));
  const sent = JSON.stringify([body, warnings, pieces]);
  return said.filter((text) => !isIn(sent, text));
}

function isIn(sent: string, text: string): boolean {
  let escaped = text;
  for (let depth = 0; depth < 4; depth++) {
    if (sent.includes(escaped)) return true;
    escaped = JSON.stringify(escaped).slice(1, -1);
  }
  return false;
}

const SENTENCE = /^Error: messages(\[\d+\])?(\.content\[\d+\])?: ([A-Z].*\.|Unsupported content block type: \w+)$/u;

/** What a human or a tool gives may be refused, never what a model said. */
export function expectSentence(error: Error, messages: BaseMessage[]): void {
  expect(String(error)).toMatch(SENTENCE);
  const index = /^messages\[(\d+)\]/.exec(error.message)?.[1];
  if (index !== undefined) expect(["human", "tool", "system"]).toContain(messages[Number(index)]?.type);
}

/** LangChain warns of each message whose calls are all unreadable. */
export function hushLangChain(): void {
  jest.spyOn(console, "warn").mockImplementation((text) => expect(text).toContain("New LangChain packages"));
}
