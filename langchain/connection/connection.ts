import type { NativeStreamOptions } from "../native.js";
import { type Request, withOwnBytes } from "../request/request.js";
import type { ServiceRequest } from "../request/service_request.js";
import { publicHeaders } from "../response/headers.js";
import type { RequestWarning } from "../types/warnings.js";
import type { CallOptions } from "./call.js";
import type { Operation } from "./diagnostics.js";
import type { Measured } from "./measured.js";
import type { RateLimits, Sent } from "./rate_limits.js";
import type { Semaphore } from "./semaphore.js";

/** A model's way to Bedrock. Failures are thrown, and an `AbortSignal` stops a call. */
export interface Connection {
  /** Resolves with the answer: a `NativeMessage` of `response/messages.ts`. */
  converse<Message extends Measured>(request: Request, options: CallOptions): Promise<Message>;
  /** Yields the elements of a stream, all that have arrived at a time. Leaving the loop ends the request. */
  stream<Element extends object>(request: Request, streamOptions: NativeStreamOptions, options: CallOptions): AsyncGenerator<Element[]>;
  /** Resolves with the numbers of the texts' vectors, one vector after the other. */
  embed(request: Request, options: CallOptions): Promise<Float64Array>;
  /** Resolves with the number of input tokens that `converse` would have; `undefined` if the answer has none. */
  countTokens(request: Request, options: CallOptions): Promise<number | undefined>;
  /** Resolves with the answer of another service or operation, and throws its exceptions. */
  request<Answer extends object>(request: ServiceRequest, options: CallOptions): Promise<Answer>;
  /** Resolves credentials, and opens a connection where that can be done, ahead of the first call. */
  prewarm(options: CallOptions): Promise<void>;
}

/** Moves the core's warnings about a request from its answer to the request. */
export function takeWarnings(answer: Measured, { warnings }: Request): void {
  if (answer.requestWarnings === undefined) return;
  warnings.push(...answer.requestWarnings);
  delete answer.requestWarnings;
}

/** Moves what the caller wants to see of an exchange from its answer to the request and into the message's metadata. */
export function takeExchange(answer: Measured, { exchange }: Request): void {
  if (exchange === undefined) return;
  const { responseHeaders, raw } = answer;
  if (exchange.wantsHeaders && responseHeaders !== undefined) exchange.headers = publicHeaders(responseHeaders);
  if (exchange.wantsRaw) answer.response_metadata = { ...answer.response_metadata, raw };
  delete answer.responseHeaders;
  delete answer.raw;
}

/** Adds the core's warnings about a streamed request, as JSON. */
export function addWarnings(json: string | null | undefined, { warnings }: Request): void {
  if (json) warnings.push(...(JSON.parse(json) as RequestWarning[]));
}

/** Adds what a stream's answer says about its request. The batch that ends the message has it with it. */
export function addLateWarnings(stream: { takeLateWarnings(): string | null | undefined }, request: Request): void {
  addWarnings(stream.takeLateWarnings(), request);
}

/** What limits the calls of a model: how many run at once, and how many are sent in a minute. */
export interface CallLimits {
  semaphore: Semaphore | undefined;
  rateLimits: RateLimits | undefined;
}

/** Waits until the request may be sent. Resolves with it, at once where nothing is limited. CountTokens has a quota of its own. */
export function enter({ semaphore, rateLimits }: CallLimits, operation: Operation, request: Request, options: CallOptions): Sent | Promise<Sent> {
  return rateLimits === undefined || operation === "count-tokens" ? acquire(semaphore, request, options.signal) : rateLimits.enter(semaphore, operation, request, options);
}

/** Waits for a permit, if a semaphore is given. Resolves with the request to send. */
export function acquire(semaphore: Semaphore | undefined, request: Request, signal: AbortSignal | undefined): Request | Promise<Request> {
  if (semaphore === undefined) return request;
  const own = semaphore.isFree ? request : withOwnBytes(request);
  return semaphore.acquire(signal).then(() => own);
}
