import type { ServerResponse } from "node:http";
import type { Http2Session, Http2Stream } from "node:http2";
import { assertAnswer, assertTokenCount, isScripted } from "./answers.js";
import { embeddedTokens } from "./embeddings.js";
import { errorOfException, errorResponse, serviceError, type ServiceError } from "./errors.js";
import { corruptFrame, encodeEvent, isRawFrame, memberOf } from "./event_stream.js";
import { errorXml, isS3Operation, type S3Answer } from "./s3.js";
import { unansweredError } from "./unanswered.js";
import { frameOf, type Recording } from "./recording.js";
import { composeResponse } from "./response.js";
import { assembleEvents } from "./stream_assembly.js";
import { eventsOf } from "./stream_events.js";
import type { Answer, BedrockRequest, CorruptPart, Delays, ScriptedAnswer, StreamEvent, TokenCount, TokenCountFunction } from "./types.js";

/** An answer of the model, complete or with a fault, in the forms of both operations. */
interface MessageDelivery {
  kind: "message";
  events: StreamEvent[];
  /** For `converse`; an error when the events end in an exception. */
  response: object | ServiceError;
  /** What comes after the last event that is sent. */
  ending: "complete" | "cut" | "drop" | "silence";
  corrupt?: { event: number; what: CorruptPart };
  /** The number of bytes of the body that are sent; all by default. */
  bytes?: number;
}

/** An answer in the form in which it is sent. */
export type Delivery = (MessageDelivery | Exclude<ScriptedAnswer, { answer: Answer } | { kind: "events" | "unscripted" }>) & { delays?: Delays; headers?: Record<string, string> };

/** The response that an answer is sent on. */
export interface Exchange {
  request: BedrockRequest;
  response: ServerResponse;
  /** Milliseconds between two events. */
  pace: number | "recorded";
  /** When the request was complete, by `performance.now()`. */
  start: number;
  /** Called before this side closes the connection, so that it does not count as closed by the client. */
  onDrop: () => void;
}

/** Brings an answer into the form in which it is sent: calls functions, makes a response and events of content, applies faults. */
export async function prepareDelivery(answer: Answer, request: BedrockRequest): Promise<Delivery> {
  assertAnswer(answer);
  if (typeof answer === "function") return prepareDelivery(await answer(request), request);
  if (!isScripted(answer)) return wholeMessage(composeResponse(answer, request));
  switch (answer.kind) {
    case "unscripted":
      request.response.refused = true;
      return { kind: "error", ...unansweredError(request, "Nobody scripted an answer to this request") };
    case "events":
      return scriptedMessage(answer.events, request);
    case "headers": {
      const inner = await prepareDelivery(answer.answer, request);
      return { ...inner, headers: { ...inner.headers, ...answer.headers } };
    }
    case "slow":
      return { ...(await prepareDelivery(answer.answer, request)), delays: answer.delays };
    case "truncated":
      return truncate(await prepareDelivery(answer.answer, request), answer);
    case "stall":
      return cutAfter(await prepareDelivery(answer.answer, request), answer.afterEvents, "silence");
    case "corrupt":
      return corruptAt(await prepareDelivery(answer.answer, request), answer.event, answer.what);
    default:
      return answer;
  }
}

function wholeMessage(response: ReturnType<typeof composeResponse>): MessageDelivery {
  return { kind: "message", events: eventsOf(response), response, ending: "complete" };
}

/** A script of events for `converse`: its exception is the error; without `messageStop` the response does not end. */
function scriptedMessage(events: StreamEvent[], request: BedrockRequest): MessageDelivery {
  const exception = events.filter((event) => !isRawFrame(event)).map(memberOf).find(([name]) => name.endsWith("Exception"));
  if (exception) return { kind: "message", events, response: errorOfException(...exception), ending: "complete" };
  const isStopped = events.some((event) => "messageStop" in event);
  const isCut = !isStopped && request.operation === "converse";
  return { kind: "message", events, response: composeResponse(assembleEvents(events), request), ending: isCut ? "cut" : "complete" };
}

function truncate(delivery: Delivery, { afterEvents, afterBytes, abrupt }: { afterEvents?: number; afterBytes?: number; abrupt?: boolean }): Delivery {
  const ending = abrupt ? "drop" : "cut";
  if (afterBytes === undefined || delivery.kind !== "message") return cutAfter(delivery, afterEvents, ending);
  return { ...delivery, ending, bytes: afterBytes };
}

function cutAfter(delivery: Delivery, afterEvents: number | undefined, ending: MessageDelivery["ending"]): Delivery {
  if (delivery.kind !== "message") return delivery;
  const stop = delivery.events.findIndex((event) => "messageStop" in event);
  const count = afterEvents ?? (stop === -1 ? delivery.events.length : stop);
  return { ...delivery, events: delivery.events.slice(0, count), ending };
}

function corruptAt(delivery: Delivery, event: number, what: CorruptPart): Delivery {
  if (delivery.kind !== "message") return delivery;
  const count = delivery.events.length;
  if (event >= count) throw new RangeError(`corrupt() names event ${event}, but the answer has ${count} events, counted from 0.`);
  return { ...delivery, corrupt: { event, what } };
}

/** Sends a prepared answer. Resolves when all was sent or the client has disconnected. */
export async function deliver(delivery: Delivery, exchange: Exchange): Promise<void> {
  if (delivery.delays?.head) await sleep(delivery.delays.head, exchange.request);
  for (const [name, value] of Object.entries(delivery.headers ?? {})) exchange.response.setHeader(name, value);
  const { operation } = exchange.request;
  if (delivery.kind === "message" && !operation.startsWith("converse")) throw new TypeError(`${operation} is answered with json(), an error or a fault.`);
  switch (delivery.kind) {
    case "message":
      return operation === "converse-stream" ? sendStream(delivery, exchange) : sendWhole(delivery, exchange);
    case "error":
      return sendError(delivery, exchange);
    case "reset":
      return resetConnection(exchange);
    case "hang":
      return;
    case "html":
      return send(exchange, delivery.status, { "content-type": "text/html" }, page(delivery.status));
    case "json":
      return send(exchange, 200, { "content-type": "application/json", ...tokenHeader(exchange.request) }, JSON.stringify(delivery.body));
    case "status":
      return send(exchange, delivery.status, {}, "");
  }
}

/** Bedrock tells the tokens of each request of `InvokeModel` so (vercel/ai#15973). */
function tokenHeader({ operation, body }: BedrockRequest): Record<string, string> {
  return operation === "invoke" ? { "x-amzn-bedrock-input-token-count": String(embeddedTokens(body)) } : {};
}

/** Sends the answer to `count-tokens`. */
export async function sendTokenCount(given: TokenCount | TokenCountFunction, exchange: Exchange): Promise<void> {
  const count = typeof given === "function" ? await given(exchange.request) : given;
  assertTokenCount(count);
  if (typeof count !== "number") return deliver(await prepareDelivery(count, exchange.request), exchange);
  send(exchange, 200, { "content-type": "application/json" }, JSON.stringify({ inputTokens: count }));
}

/** Sends an answer of S3. */
export function sendStored(answer: S3Answer | ServiceError, exchange: Exchange): void {
  if ("name" in answer) return sendError(answer, exchange);
  const { status, headers, body } = answer;
  const isHead = exchange.request.method === "HEAD";
  writeHead(exchange, status, { "content-length": String(body.length), ...headers });
  exchange.response.end(isHead ? undefined : body);
}

/** Sends an error of the service. */
export function sendError(error: ServiceError, exchange: Exchange): void {
  if (isS3Operation(exchange.request.operation)) return sendErrorOfS3(error, exchange);
  const { headers, body } = errorResponse(error);
  exchange.request.response.errorType = error.name;
  exchange.request.response.errorMessage = error.message;
  send(exchange, error.status, headers, body);
}

function sendErrorOfS3(error: ServiceError, exchange: Exchange): void {
  const { response, method } = exchange.request;
  response.errorType = error.name;
  response.errorMessage = error.message;
  // The answer to HEAD has no body, and so no name.
  const body = method === "HEAD" ? "" : errorXml(error, response.requestId);
  send(exchange, error.status, body === "" ? {} : { "content-type": "application/xml" }, body);
}

/** Sends the error for a request without a scripted answer. */
export function refuse(error: ServiceError, exchange: Exchange): void {
  exchange.request.response.refused = true;
  sendError(error, exchange);
}

/** The error for an answer that could not be made: clients do not retry it, and its message says that the test caused it. */
export function scriptingError(cause: unknown): ServiceError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return serviceError("ValidationException", `The test's own answer failed: ${message}`);
}

function sendWhole(delivery: MessageDelivery, exchange: Exchange): void {
  const { response, ending, corrupt } = delivery;
  if (isServiceError(response)) return sendError(response, exchange);
  const body = Buffer.from(JSON.stringify(response));
  const headers = { "content-type": "application/json" };
  if (ending === "complete") return send(exchange, 200, headers, corrupt ? body.subarray(1) : body);
  writeHead(exchange, 200, { ...headers, "content-length": String(body.length) });
  exchange.response.write(body.subarray(0, delivery.bytes ?? body.length / 2), () => {
    // A body that is shorter than announced can only end with the connection.
    if (ending !== "silence") dropConnection(exchange);
  });
}

async function sendStream(delivery: MessageDelivery & { delays?: Delays }, exchange: Exchange): Promise<void> {
  const { events, ending, corrupt, delays = {} } = delivery;
  const pace = delays.pace ?? exchange.pace;
  const firstContent = events.findIndex((event) => Object.keys(event).some((name) => name.startsWith("contentBlock")));
  let left = delivery.bytes ?? Infinity;
  writeHead(exchange, 200, { "content-type": "application/vnd.amazon.eventstream" });
  for (const [index, event] of events.entries()) {
    if (index === firstContent && delays.firstContent) await sleep(delays.firstContent, exchange.request);
    else if (index > 0) await pause({ ...exchange, pace });
    const frame = encodeEvent(event, index);
    const bytes = corrupt?.event === index ? corruptFrame(frame, corrupt.what) : frame;
    if (left <= 0) break;
    // To end an answer whose client has gone would make it a complete one.
    if (!(await write(exchange.response, bytes.subarray(0, left)))) return;
    left -= bytes.length;
  }
  if (exchange.response.destroyed) return;
  if (ending === "drop") return dropConnection(exchange);
  // If no event was sent, the headers are still buffered.
  if (ending === "silence") return exchange.response.flushHeaders();
  exchange.response.end();
}

/** Resolves when the bytes were passed to the system, with whether the connection is still open: a drop after that loses nothing. */
function write(response: ServerResponse, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => response.write(bytes, (error) => resolve(!error)));
}

/** Sends a recording, with `pace: "recorded"` at the times of the recording. */
export async function sendRecording(recording: Recording, exchange: Exchange): Promise<void> {
  const { status, contentType, errorType, response = "", events, cut } = recording;
  const head = { ...(contentType ? { "content-type": contentType } : {}), ...(errorType === undefined ? {} : { "x-amzn-errortype": errorType }) };
  if (errorType !== undefined) exchange.request.response.errorType = errorType;
  await until(recording.ms, exchange);
  if (!events) {
    const body = typeof response === "string" ? response : JSON.stringify(response);
    if (!cut) return send(exchange, status, head, body);
    writeHead(exchange, status, head);
    await write(exchange.response, Buffer.from(body));
    return dropConnection(exchange);
  }
  writeHead(exchange, status, head);
  for (const [index, event] of events.entries()) {
    if (index > 0) await pause(exchange);
    await until(event.ms, exchange);
    if (!(await write(exchange.response, encodeEvent(frameOf(event), index)))) return;
  }
  if (cut) dropConnection(exchange);
  else exchange.response.end();
}

/** Waits until so many milliseconds after the request, if a delay is set. */
function until(ms: number, { pace, start, request }: Exchange): Promise<void> {
  const wait = start + ms - performance.now();
  return pace === "recorded" && wait > 0 ? sleep(wait, request) : Promise.resolve();
}

function pause({ pace, request }: Exchange): Promise<void> {
  if (pace === 0 || pace === "recorded") return Promise.resolve();
  return sleep(pace, request);
}

/** Resolves early when the client has disconnected. */
function sleep(ms: number, { closed }: BedrockRequest): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void closed.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function send(exchange: Exchange, status: number, headers: Record<string, string>, body: string | Buffer): void {
  writeHead(exchange, status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  exchange.response.end(body);
}

/** Sends the head of an answer, and records it. */
export function writeHead({ request, response }: Exchange, status: number, headers: Record<string, string>): void {
  request.response.status = status;
  response.writeHead(status, { ...headers, "x-amzn-requestid": request.response.requestId });
}

/** The client sees ECONNRESET, as when a load balancer closes a connection. */
function resetConnection(exchange: Exchange): void {
  exchange.onDrop();
  const session = sessionOf(exchange);
  if (session) session.destroy();
  else exchange.response.socket?.resetAndDestroy();
}

/** Ends the connection without ending the answer. The client first receives everything that was sent, which a reset could prevent. */
export function dropConnection(exchange: Exchange): void {
  exchange.onDrop();
  (sessionOf(exchange) ?? exchange.response.socket)?.destroy();
}

/** The HTTP/2 connection of an answer, with all its other streams. */
function sessionOf({ response }: Exchange): Http2Session | undefined {
  return (response as { stream?: Http2Stream }).stream?.session;
}

function isServiceError(response: object): response is ServiceError {
  return !("output" in response);
}

function page(status: number): string {
  const titles: Record<number, string> = { 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out" };
  const title = `${status} ${titles[status] ?? "Error"}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`;
}
