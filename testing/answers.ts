import { inspect } from "node:util";
import { isFoundationModel } from "./checks/families.js";
import { noOnDemand } from "./checks/wordings.js";
import { serviceError, type ErrorName } from "./errors.js";
import { interventionFor } from "./guardrails.js";
import { isObject } from "./json.js";
import type { Answer, AnswerFunction, Citation, ContentBlock, CorruptPart, Delays, GuardrailFound, MessageAnswer, ScriptedAnswer, StreamEvent, TokenCount } from "./types.js";

/** A block of text. */
export function text(value: string): ContentBlock {
  return { text: value };
}

/** A tool call. Without an id it gets one that depends only on the call and its place. */
export function toolUse(name: string, input: unknown = {}, toolUseId?: string): ContentBlock {
  return { toolUse: { ...(toolUseId === undefined ? {} : { toolUseId }), name, input } };
}

/** A block of reasoning, signed if `signature` is given. */
export function reasoning(value: string, signature?: string): ContentBlock {
  return { reasoningContent: { reasoningText: { text: value, ...(signature === undefined ? {} : { signature }) } } };
}

/** A block of text with the sources it cites. */
export function citations(value: string, sources: Citation[]): ContentBlock {
  return { citationsContent: { content: [{ text: value }], citations: sources } };
}

/**
 * The answer of a guardrail that intervened, with its own text. `found` becomes the trace, if the request asks for one by `guardrailConfig.trace`. As an
 * answer to ApplyGuardrail (`replyToGuardrails`) the texts are its outputs, one for each text that was masked.
 */
export function guardrailIntervention(value: string | string[] = "Sorry, I cannot answer this.", found: GuardrailFound = { assessment: {} }): AnswerFunction {
  const texts = [value].flat();
  return (request) => {
    const answer = interventionFor(request, texts, found);
    return request.operation === "apply-guardrail" ? json(answer) : (answer as MessageAnswer);
  };
}

/** Any error of the service, before a stream begins. The default of `status` is the one that AWS documents for the name. */
export function error(name: ErrorName, message: string, status?: number): ScriptedAnswer {
  return { kind: "error", ...serviceError(name, message, status) };
}

/** 429 ThrottlingException. */
export function throttling(message: string = "Too many requests, please wait before trying again."): ScriptedAnswer {
  return error("ThrottlingException", message);
}

/** 400 ValidationException. */
export function validation(message: string = "Malformed input request, please reformat your input and try again."): ScriptedAnswer {
  return error("ValidationException", message);
}

/**
 * The answer of a model that is served through inference profiles only: the id of the foundation model itself is refused with 400
 * ValidationException, which names inference profiles. Which models these are depends on the region, so no request is refused for it otherwise.
 */
export function throughProfile(answer: Answer): AnswerFunction {
  assertAnswer(answer);
  return (request) => {
    if (isFoundationModel(request.modelId)) return validation(noOnDemand(request.modelId));
    return typeof answer === "function" ? answer(request) : answer;
  };
}

/**
 * The refusal of a request without a scripted answer: 400 ValidationException with a description of the request. `bedrock.replyAlways(unscripted())`
 * makes it the answer when the queue is empty, so that a test fails if it sends more requests than it scripted.
 */
export function unscripted(): ScriptedAnswer {
  return { kind: "unscripted" };
}

/** A stream, event by event, sent unchanged: it may lack `messageStop` or end in an exception such as `{ throttlingException: { message } }`. */
export function events(script: StreamEvent[]): ScriptedAnswer {
  return { kind: "events", events: script };
}

/** An answer of `InvokeModel`: the model's own JSON, sent as it is. */
export function json(body: unknown): ScriptedAnswer {
  return { kind: "json", body };
}

/** The connection is reset before any header is sent. */
export function reset(): ScriptedAnswer {
  return { kind: "reset" };
}

/** No response is sent; it ends when the client disconnects or the endpoint closes. */
export function hang(): ScriptedAnswer {
  return { kind: "hang" };
}

/** A page of HTML, as a proxy or a load balancer sends. */
export function html(statusCode: number): ScriptedAnswer {
  return { kind: "html", status: statusCode };
}

/** A status without a body. */
export function status(statusCode: number): ScriptedAnswer {
  return { kind: "status", status: statusCode };
}

/**
 * The answer up to and including its first `afterEvents` events, then the end of the response; by default all before `messageStop`. With `afterBytes`
 * it ends after so many bytes, which may be within a frame. `abrupt` drops the connection (over TLS without `close_notify`) instead of
 * ending the response. Without a stream, the body is cut, by default in its middle.
 */
export function truncated(answer: Answer, options: { afterEvents?: number; afterBytes?: number; abrupt?: boolean } = {}): ScriptedAnswer {
  return { kind: "truncated", answer, ...options };
}

/** The answer with delays: before its head, before its first token, or between its events. */
export function slow(answer: Answer, delays: Delays): ScriptedAnswer {
  return { kind: "slow", answer, delays };
}

/** The answer with further headers, such as `retry-after` of an error. */
export function withHeaders(answer: Answer, headers: Record<string, string>): ScriptedAnswer {
  return { kind: "headers", answer, headers };
}

/** The answer up to and including its first `afterEvents` events, then no further events; by default all before `messageStop`. */
export function stall(answer: Answer, options: { afterEvents?: number } = {}): ScriptedAnswer {
  return { kind: "stall", answer, ...options };
}

/** The answer with a wrong checksum or length in the frame of one event, the first by default. Without a stream, the JSON is broken. */
export function corrupt(answer: Answer, options: { event?: number; what?: CorruptPart } = {}): ScriptedAnswer {
  return { kind: "corrupt", answer, event: options.event ?? 0, what: options.what ?? "messageCrc" };
}

const KINDS: ReadonlySet<string> = new Set<ScriptedAnswer["kind"]>([
  "error",
  "events",
  "unscripted",
  "json",
  "reset",
  "hang",
  "html",
  "status",
  "headers",
  "slow",
  "truncated",
  "stall",
  "corrupt",
]);

/** Whether an answer was made by `error()`, `events()` or one of the faults. */
export function isScripted(answer: unknown): answer is ScriptedAnswer {
  return isObject(answer) && typeof answer["kind"] === "string" && KINDS.has(answer["kind"]);
}

/** Throws a `TypeError` that says what is wrong when a value is not an answer. */
export function assertAnswer(answer: unknown): asserts answer is Answer {
  if (typeof answer === "string" || typeof answer === "function") return;
  if (isScripted(answer)) return assertScripted(answer);
  if (Array.isArray(answer)) return answer.forEach(assertBlock);
  if (!isObject(answer)) {
    const forms = "text, content blocks, a function, { content } or made by error(), events() and the like";
    throw new TypeError(`An answer is ${forms}, not ${shown(answer)}.`);
  }
  if (!("content" in answer)) return assertBlock(answer);
  const { content } = answer;
  if (typeof content === "string") return;
  if (!Array.isArray(content)) throw new TypeError(`The content of an answer is text or a list of content blocks, not ${shown(content)}.`);
  content.forEach(assertBlock);
}

/** Throws a `TypeError` that says what is wrong when a value is not a count of tokens. */
export function assertTokenCount(count: unknown): asserts count is TokenCount {
  if (!isScripted(count)) return assertWhole(count, "A count of tokens", 0, Infinity);
  if (count.kind === "events" || "answer" in count) throw new TypeError("count-tokens is answered with a number, an error or a fault of the connection.");
  assertScripted(count);
}

function assertScripted(answer: ScriptedAnswer): void {
  if ("answer" in answer) assertAnswer(answer.answer);
  if ("status" in answer) assertWhole(answer.status, "An HTTP status", 200, 599);
  if (answer.kind === "truncated" && answer.afterBytes !== undefined) assertWhole(answer.afterBytes, "afterBytes", 0, Infinity);
  if (answer.kind === "slow") assertDelays(answer.delays);
  if (answer.kind === "headers") assertHeaders(answer.headers);
  if ("afterEvents" in answer && answer.afterEvents !== undefined) assertWhole(answer.afterEvents, "afterEvents", 0, Infinity);
  if ("event" in answer) assertWhole(answer.event, "The index of an event", 0, Infinity);
  if (answer.kind !== "events") return;
  if (!Array.isArray(answer.events)) throw new TypeError(`events() takes a list of events, not ${shown(answer.events)}.`);
  answer.events.forEach(assertEvent);
}

function assertHeaders(headers: unknown): void {
  if (isObject(headers) && Object.values(headers).every((value) => typeof value === "string")) return;
  throw new TypeError(`withHeaders() takes an object of texts, not ${shown(headers)}.`);
}

function assertDelays(delays: unknown): void {
  const given = isObject(delays) ? Object.entries(delays) : [];
  const wrong = given.find(([name, ms]) => !["head", "firstContent", "pace"].includes(name) || !(Number(ms) >= 0));
  if (given.length === 0 || wrong) throw new TypeError(`slow() takes head, firstContent or pace in milliseconds, not ${shown(delays)}.`);
}

function assertWhole(value: unknown, what: string, least: number, most: number): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw new TypeError(`${what} is a whole number${most === Infinity ? "" : ` from ${least} to ${most}`}, not ${shown(value)}.`);
}

function assertEvent(event: unknown): void {
  const members = isObject(event) ? Object.keys(event) : [];
  const isFrame = members.some((member) => member.startsWith(":"));
  if (!isFrame && members.length !== 1) {
    throw new TypeError(`An event is an object with one member, its name, such as { messageStart: { role: "assistant" } }, not ${shown(event)}.`);
  }
}

/** Blocks of an unknown kind are allowed: a client has to handle them. */
function assertBlock(block: unknown): void {
  if (!isObject(block) || Object.keys(block).length !== 1) {
    throw new TypeError(`A content block is an object with one member, such as { text: "Hello" }, not ${shown(block)}.`);
  }
  assertMember(block, "text", (value) => typeof value === "string", "is a string");
  assertMember(block, "toolUse", (value) => isObject(value) && typeof value["name"] === "string", "has a name");
  assertMember(block, "reasoningContent", isObject, "has reasoningText or redactedContent");
  assertMember(block, "citationsContent", isObject, "has content and citations");
}

function assertMember(block: Record<string, unknown>, name: string, fits: (value: unknown) => boolean, rule: string): void {
  if (name in block && !fits(block[name])) throw new TypeError(`The member ${name} of a content block ${rule}, not ${shown(block[name])}.`);
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 2, breakLength: Infinity });
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
