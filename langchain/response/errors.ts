import { isNativeError } from "node:util/types";
import { ContextOverflowError, stampRetryable } from "@langchain/core/errors";
import { AIMessageChunk } from "@langchain/core/messages";
import type { NativeFailure } from "../native.js";
import type { FailedTarget } from "../types/availability.js";
import { retryAfterOf } from "./headers.js";

/** What is known of the HTTP exchange: the members of the JavaScript SDK's `$metadata`. */
export interface ResponseMetadata {
  /** HTTP status of the last response. */
  httpStatusCode?: number;
  /** Bedrock's id of the request; AWS support asks for it. */
  requestId?: string;
  /** The value of `x-amz-id-2`, where a front end of AWS adds it. */
  extendedRequestId?: string;
  /** The value of `x-amz-cf-id`, of an answer through CloudFront. */
  cfId?: string;
  /** How often the request was sent; with failover, to all targets together. */
  attempts?: number;
  /** Of several attempts, how many were throttled; absent for none. By the native client only. */
  throttledAttempts?: number;
  /** Milliseconds spent waiting between attempts. */
  totalRetryDelay?: number;
}

/**
 * An error response of Bedrock: `name` is the exception's (`ThrottlingException`, `ValidationException`, …), as with the JavaScript SDK's class of
 * this name. Members that an exception has beside its message (`originalStatusCode`, `originalMessage`, …) are members of the error.
 */
export class BedrockRuntimeServiceException extends Error {
  /** As of AWS's own class, exceptions that AWS's JavaScript client threw are instances too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isServiceException(value) && "$metadata" in (value as object);
  }

  /** Which side caused it. */
  declare readonly $fault: "client" | "server";
  declare readonly $metadata: ResponseMetadata;
  /** Set where the API's model calls the exception retryable. */
  declare readonly $retryable?: { throttling?: boolean };
  /** The region that was asked. */
  declare readonly region?: string;
  /** Milliseconds that the response asks to wait, by its header `retry-after` or `x-amz-retry-after`. */
  declare readonly retryAfterMs?: number;
  /** What to do about it, where Bedrock's message does not say. */
  declare readonly hint?: string;
  /** With failover: what each target said, in the order in which they failed. Errors without an answer of Bedrock have it too. */
  declare readonly targets?: FailedTarget[];
  /** LangChain's name for this kind of error, such as `MODEL_RATE_LIMIT`. */
  declare readonly lc_error_code?: string;
}

/**
 * The stream ended before the answer was complete: the connection broke, an event was corrupt, or `messageStop` did not come. What was received
 * is in `partialOutput`; it is not an answer.
 */
export class IncompleteStreamError extends Error {
  override name = "IncompleteStreamError";
  /** What was received, without tool calls: an incomplete one must not run. `undefined` if nothing was. */
  readonly partialOutput?: AIMessageChunk;
}

const ERROR_CODES: Record<string, string> = {
  AccessDeniedException: "MODEL_AUTHENTICATION",
  UnrecognizedClientException: "MODEL_AUTHENTICATION",
  InvalidSignatureException: "MODEL_AUTHENTICATION",
  ExpiredTokenException: "MODEL_AUTHENTICATION",
  ResourceNotFoundException: "MODEL_NOT_FOUND",
  ThrottlingException: "MODEL_RATE_LIMIT",
};

/** Client errors that may not occur again; LangChain's `withRetry` retries no others. */
const RETRYABLE = new Set(["ThrottlingException", "ModelNotReadyException", "ModelTimeoutException", "ModelErrorException", "ModelStreamErrorException"]);

/**
 * How models of Bedrock report that the input exceeds the context window: the ten wordings of langchain-aws 1.9.1 (Claude, DeepSeek, Nova, Llama,
 * Mistral, gpt-oss, Qwen, GPT, Kimi), those of strands-agents 1.62, and Cohere's. Throttling mentions tokens too, in another exception.
 */
const OVERFLOWS = [
  /input is too long|prompt is too long|too many (?:input )?tokens|too many total text bytes/i,
  /input tokens exceed(?:ed| the configured limit)|exceed (?:model maximum|context limit)|context_length_exceeded/i,
  /context (?:window|length)|exceeds? the (?:maximum|model'?s?)[^.]*(?:tokens?|context|length)/i,
];

function isOverflow(name: string, message: string): boolean {
  return name === "ValidationException" && OVERFLOWS.some((wording) => wording.test(message));
}

/** Errors that were made here. A signal's reason, and what the user's functions throw, belong to the user and may be shared by other calls. */
const ownErrors = new WeakMap<object, NativeFailure["kind"]>();

/** The error that a failed call throws. `thrownByProvider` is what the user's credentials function threw last. */
export function convertToError(failure: NativeFailure, signal?: AbortSignal, thrownByProvider?: unknown): unknown {
  if (failure.kind === "aborted" && signal?.reason !== undefined) return signal.reason;
  if (failure.kind === "provider" && thrownByProvider !== undefined) return thrownByProvider;
  const error = makeError(failure);
  ownErrors.set(error, failure.kind);
  return error;
}

/** Adds the region to an exception of Bedrock's. */
export function withRegion(error: unknown, region: string | null | undefined): unknown {
  return region && error instanceof Error && ownErrors.has(error) && "$fault" in error ? withMembers(error, { region }) : error;
}

/** What a failure says of the target that was asked: only the middle two are a reason to ask another one. */
export type Verdict = "refused" | "throttled" | "unavailable" | "nothing";

/** Exceptions by which a target says that it cannot answer now, also in a stream, whose status is 200. */
const UNAVAILABLE = new Set(["InternalServerException", "ServiceUnavailableException", "ModelTimeoutException", "ModelErrorException", "ModelStreamErrorException"]);
const THROTTLED = new Set(["ThrottlingException", "ModelNotReadyException"]);

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors */
export function verdictOf(error: unknown): Verdict {
  const kind = typeof error === "object" && error !== null ? ownErrors.get(error) : undefined;
  if (kind === "connection" || kind === "stream") return "unavailable";
  if (kind !== "service") return "nothing";
  const { name, $metadata, originalStatusCode } = error as Error & { $metadata?: ResponseMetadata; originalStatusCode?: number };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 429 || THROTTLED.has(name)) return "throttled";
  // What the model itself said to Bedrock: a refusal of the input is one everywhere.
  if (originalStatusCode !== undefined && originalStatusCode >= 400 && originalStatusCode < 500 && originalStatusCode !== 429) return "refused";
  return status >= 500 || UNAVAILABLE.has(name) ? "unavailable" : "refused";
}

/** How often the target was asked for the answer that failed. */
export function attemptsOf(error: unknown): number {
  return (error as { $metadata?: ResponseMetadata } | null | undefined)?.$metadata?.attempts ?? 1;
}

/** The name or code by which an error is told from others. */
export function errorCodeOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return typeof code === "string" ? code : typeof name === "string" ? name : "Error";
}

/** Says on an error of ours what each target said, and counts the attempts of all. */
export function withTargets(error: unknown, targets: FailedTarget[], attempts: number): unknown {
  if (!(error instanceof Error) || !ownErrors.has(error)) return error;
  const { $metadata } = error as { $metadata?: ResponseMetadata };
  return withMembers(error, { targets, ...($metadata && { $metadata: { ...$metadata, attempts } }) });
}

/** Whether an error is nothing but a sentence of ours: the request cannot be sent. */
export function isConversionError(error: unknown): boolean {
  return error instanceof Error && ownErrors.has(error) && error.name === "Error" && !("code" in error) && !("$metadata" in error);
}

function makeError(failure: NativeFailure): Error {
  const members = JSON.parse(failure.members) as Record<string, unknown>;
  switch (failure.kind) {
    case "service":
      return serviceError(failure.message, members);
    case "connection":
      return connectionError(failure.message, members);
    case "credentials":
      return named("CredentialsProviderError", failure.message);
    case "provider":
      return named("CredentialsProviderError", "The `credentials` function returned no credentials.");
    case "timeout":
      return Object.assign(new Error(failure.message), { code: "ETIMEDOUT", lc_error_code: "MODEL_STREAM_TIMEOUT" });
    case "aborted":
      return named("AbortError", failure.message);
    case "stream":
      return withMembers(new IncompleteStreamError(failure.message), members);
    default:
      return new Error(failure.message);
  }
}

function connectionError(message: string, { causes = [], code, ...members }: Record<string, unknown> & { causes?: string[]; code?: unknown }): Error {
  const cause = causes.reduceRight<Error | undefined>((inner, text) => new Error(text, inner && { cause: inner }), undefined);
  const error = new Error(message, cause && { cause });
  return withMembers(error, { ...(code == null ? {} : { code }), ...members, ...connectionHint(message) });
}

function serviceError(message: string, members: Record<string, unknown>): Error {
  const name = String(members.name);
  const error = withMembers(new BedrockRuntimeServiceException(message), members);
  addAdvice(error, name, members.$fault);
  if (!isOverflow(name, message)) return error;
  const { name: _name, ...others } = members;
  return withMembers(ContextOverflowError.fromError(error), others);
}

/** Adds what LangChain reads of an error, and what to do about it. */
function addAdvice(error: Error, name: string, fault: unknown): void {
  const lc_error_code = ERROR_CODES[name];
  const hint = serviceHint(name, error.message);
  withMembers(error, { ...(lc_error_code && { lc_error_code }), ...(hint && { hint }) });
  stampRetryable(error, RETRYABLE.has(name) || fault === "server");
}

/** Members that no response may set: they make an error what it is. */
const RESERVED_MEMBERS = new Set(["__proto__", "constructor", "prototype", "message", "stack", "cause", "toString", "toJSON"]);

/** Defines members, which partly come from the body of a response: assigning `__proto__` would replace the error's prototype. */
function withMembers<E extends Error>(error: E, members: Record<string, unknown>): E {
  // An error of a stub may be frozen.
  if (!Object.isExtensible(error)) return error;
  for (const [name, value] of Object.entries(members)) {
    if (RESERVED_MEMBERS.has(name)) continue;
    Object.defineProperty(error, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return error;
}

/** What to do about an exception whose message does not say. */
function serviceHint(name: string, message: string): string | undefined {
  if (name === "AccessDeniedException" && /not authorized to perform/.test(message)) {
    return "Allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream on the model, and on the inference profile if you call one, in the IAM policy.";
  }
  if (name === "AccessDeniedException" && /access to the model/.test(message)) return "Request access to the model in the Bedrock console of this region.";
  if (/on-demand throughput/.test(message)) return 'Call an inference profile: put its region prefix before the model id, such as "us.", "eu." or "global.".';
  if (/model identifier is invalid/.test(message)) return "Check that the model id is right and that the model is there in this region.";
  if (/[Ss]ignature (?:expired|not yet current)/.test(message)) return "The clock of this machine is off: set it by NTP.";
  return undefined;
}

function connectionHint(message: string): { hint?: string } {
  if (!/UnknownIssuer|invalid peer certificate/.test(message)) return {};
  return { hint: "If a proxy opens TLS connections here, name its CA file in `caBundle` or AWS_CA_BUNDLE." };
}

function named(name: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { name });
}

/** Whether an error is an exception of Bedrock's, as AWS's JavaScript client throws it. */
export function isServiceException(error: unknown): boolean {
  return isNativeError(error) && "$fault" in error;
}

/**
 * An error of AWS's JavaScript client, to be thrown as it is, with what LangChain reads of errors. Only for an input that is too long there is another
 * one: core has a class for it.
 */
export function foreignError(error: unknown): unknown {
  if (!isNativeError(error) || !isServiceException(error)) return error;
  const { name, message, $fault } = error as Error & { $fault?: unknown };
  ownErrors.set(error, "service");
  const retryAfterMs = retryAfterOf((error as { $response?: { headers?: Record<string, string> } }).$response?.headers);
  if (retryAfterMs !== undefined) withMembers(error, { retryAfterMs });
  addAdvice(error, name, $fault);
  if (!isOverflow(name, message)) return error;
  const { name: _name, ...members } = error;
  return withMembers(ContextOverflowError.fromError(error), members);
}

/** The error of a stream that AWS's JavaScript client was reading. `$metadata` is that of its response, which exceptions among the events lack. */
export function foreignStreamError(error: unknown, $metadata: ResponseMetadata): unknown {
  if (!isNativeError(error) || ownErrors.has(error)) return error;
  if (isServiceException(error)) return foreignError(withMembers(error, { $metadata }));
  const converted = isUnknownException(error) ? unknownException(error, $metadata) : new IncompleteStreamError(error.message, { cause: error });
  ownErrors.set(converted, "stream");
  return converted;
}

/** Of an exception that it does not know, AWS's client makes an `Error` with its name, whose message is the event's body. */
function isUnknownException({ name }: Error): boolean {
  return !/^(?:Abort|Timeout|Type|Syntax|Range|Reference|Eval|URI|Aggregate)?Error$/.test(name);
}

function unknownException(error: Error, $metadata: ResponseMetadata): Error {
  const name = `${error.name.charAt(0).toUpperCase()}${error.name.slice(1)}`;
  return serviceError(messageOf(error.message), { name, $fault: "client", $metadata });
}

/** The member `message` of a text, if that is JSON. */
function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return text;
  }
}

/** The error of embeddings, in the words of `@langchain/aws`; its cause is the error of the request. */
export function embeddingError(cause: unknown): Error {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  return new Error(`An error occurred while embedding documents with Bedrock${reason}`, { cause });
}

/** Defines `partialOutput` on the error of a broken stream, if the error was made here. The message is made when it is first read. */
export function attachPartialOutput(error: unknown, received: () => AIMessageChunk | undefined): void {
  if (!(error instanceof Error) || !ownErrors.has(error) || !Object.isExtensible(error)) return;
  Object.defineProperty(error, "partialOutput", { configurable: true, enumerable: false, get: () => withoutToolCalls(received()) });
}

function withoutToolCalls(received: AIMessageChunk | undefined): AIMessageChunk | undefined {
  if (!received?.tool_call_chunks?.length) return received;
  const { content, id, additional_kwargs, response_metadata, usage_metadata } = received;
  return new AIMessageChunk({ content, id, additional_kwargs, response_metadata, usage_metadata });
}
