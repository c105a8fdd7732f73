import type { ChatModelStream } from "@langchain/core/language_models/stream";
import { AIMessage, AIMessageChunk, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { LLMResult } from "@langchain/core/outputs";
import type { Answer, Bedrock } from "langchain-aws-native/testing";
import { ourModel, ourModelByClient, peerModel } from "../support/models.js";
import { collect } from "../support/streams.js";
import type { Case } from "./types.js";

type Json = Record<string, unknown>;
type Model = ReturnType<typeof ourModel>;

/** What became of a case, as plain JSON. What did not come about, because the call failed, is absent. */
export interface Outcome {
  /** The path, without the operation, and the text of the body, or of the list of bodies; absent when nothing was sent. */
  path?: string;
  request?: string;
  message?: Json;
  chunks?: { pieces: Json[]; folded: Json };
  events?: { events: Json[]; message: Json };
  /** Absent when one of the calls failed. */
  callbacks?: { tokens: unknown[]; ends: unknown[] };
  errors: Partial<Record<Way, Json>>;
}

/** The ways to ask, and what each gives. */
export const WAYS = { invoke: "message", stream: "chunks", events: "events" } as const;
export type Way = keyof typeof WAYS;

const QUESTION = "Why is the sky blue?";
/** Its usage is fixed: otherwise the endpoint counts the request, which may differ. */
const ANSWER: Answer = { content: "Because.", usage: { inputTokens: 7, outputTokens: 3 } };

export function runPeer(bedrock: Bedrock, test: Case): Promise<Outcome> {
  return run(bedrock, test, () => peerModel(bedrock, test.fields) as unknown as Model);
}

export function runOurs(bedrock: Bedrock, test: Case): Promise<Outcome> {
  return run(bedrock, test, () => ourModel(bedrock, test.fields));
}

/** Ours, by AWS's client for JavaScript. */
export function runOursByClient(bedrock: Bedrock, test: Case): Promise<Outcome> {
  return run(bedrock, test, () => ourModelByClient(bedrock, test.fields));
}

/** Asks in the three ways that there are: for a whole answer, for chunks and for content-block events. */
async function run(bedrock: Bedrock, test: Case, makeModel: () => Model): Promise<Outcome> {
  bedrock.reset();
  bedrock.replyAlways(test.answer ?? ANSWER);
  const outcome: Outcome = { errors: {} };
  const attempt = (way: Way, work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => void (outcome.errors[way] = viewOfError(error)));
  const callbacks = { tokens: [] as unknown[], ends: [] as unknown[] };
  if (test.call !== undefined) {
    await attempt("invoke", async () => void (outcome.message = { result: viewOfResult(await test.call?.(makeModel())) }));
  } else {
    await attempt("invoke", async () => void (outcome.message = await invoke(makeModel(), test, callbacks)));
    await attempt("stream", async () => void (outcome.chunks = await stream(makeModel(), test, callbacks)));
    await attempt("events", async () => void (outcome.events = await events(makeModel(), test)));
  }
  if (Object.keys(outcome.errors).length === 0) outcome.callbacks = plain(callbacks) as typeof callbacks;
  outcome.path = alike(bedrock.requests.map(({ url }) => url.replace(/\/converse(-stream)?$/, "")));
  const bodies = bedrock.requests.map(({ rawBody }) => rawBody.toString());
  // The ways of asking send the same body; a call of a case's own may send several, as a JSON list.
  outcome.request = test.call !== undefined && bodies.length > 1 ? `[${bodies.join(",")}]` : alike(bodies.sort());
  return outcome;
}

interface Heard {
  tokens: unknown[];
  ends: unknown[];
}

function callOptions(test: Case, heard: Heard): object {
  const handler = {
    handleLLMNewToken: (token: string) => void heard.tokens.push(token),
    handleLLMEnd: ({ generations, llmOutput }: LLMResult) => void heard.ends.push({ text: generations[0]?.[0]?.text, llmOutput }),
  };
  return { ...test.options, callbacks: [handler] };
}

async function invoke(model: Model, test: Case, heard: Heard): Promise<Json> {
  return viewOfMessage(await model.invoke(inputOf(test), callOptions(test, heard)));
}

async function stream(model: Model, test: Case, heard: Heard): Promise<Outcome["chunks"]> {
  const chunks = await collect(await model.stream(inputOf(test), callOptions(test, heard)));
  return { pieces: chunks.map(viewOfMessage), folded: viewOfMessage(foldAll(chunks)) };
}

async function events(model: Model, test: Case): Promise<Outcome["events"]> {
  const stream = model.streamEvents(inputOf(test), test.options as undefined) as unknown as ChatModelStream;
  const all = await collect(stream);
  return { events: plain(all) as Json[], message: viewOfMessage(await stream) };
}

function inputOf(test: Case): BaseMessage[] {
  const input = test.input ?? QUESTION;
  return typeof input === "string" ? [new HumanMessage(input)] : input;
}

export function foldAll(chunks: AIMessageChunk[]): AIMessageChunk {
  return chunks.reduce((whole, chunk) => whole.concat(chunk), new AIMessageChunk({ content: "" }));
}

function viewOfResult(result: unknown): unknown {
  return AIMessage.isInstance(result) ? { content: result.content, tool_calls: result.tool_calls } : plain(result);
}

/** The members of a message that come from its model. */
export function viewOfMessage(message: AIMessage | AIMessageChunk): Json {
  const { content, tool_calls, invalid_tool_calls, usage_metadata, response_metadata, additional_kwargs, id } = message;
  const { tool_call_chunks } = message as AIMessageChunk;
  return plain({ content, tool_calls, invalid_tool_calls, tool_call_chunks, usage_metadata, response_metadata, additional_kwargs, id }) as Json;
}

function viewOfError(error: unknown): Json {
  const { name, message, $fault, $metadata } = error as Error & { $fault?: string; $metadata?: { httpStatusCode?: number } };
  return plain({ name, message, $fault, status: $metadata?.httpStatusCode }) as Json;
}

/** The value that all are; otherwise a text that shows that they are not alike. */
function alike<Value>(values: Value[]): Value | undefined {
  const texts = new Set(values.map((value) => JSON.stringify(value)));
  if (texts.size <= 1) return values[0];
  return typeof values[0] === "string" ? (`not alike: ${[...texts].join("\n")}` as Value) : undefined;
}

/** A copy as JSON, with bytes as base64 under a name of their own. */
export function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}
