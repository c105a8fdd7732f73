import { ContextOverflowError, stampRetryable } from "@langchain/core/errors";
import { AIMessageChunk } from "@langchain/core/messages";
import type { NativeFailure } from "./native.js";

/** What the transport knows of a call: the members of the JavaScript SDK's `$metadata`. */
export interface ResponseMetadata {
  /** HTTP status of the last response. */
  httpStatusCode?: number;
  /** Bedrock's id of the request; AWS support asks for it. */
  requestId?: string;
  /** How often the request was sent. */
  attempts?: number;
  /** Milliseconds spent waiting between attempts. */
  totalRetryDelay?: number;
}

/**
 * Bedrock's own "no": `name` is the exception's (`ThrottlingException`, `ValidationException`, …), as with the JavaScript SDK's class of this
 * name. Members that an exception has beside its message (`originalStatusCode`, `originalMessage`, …) are members of the error.
 */
export class BedrockRuntimeServiceException extends Error {
  /** Whose fault it is. */
  declare readonly $fault: "client" | "server";
  declare readonly $metadata: ResponseMetadata;
  /** Set where the API's model calls the exception retryable. */
  declare readonly $retryable?: { throttling?: boolean };
  /** What to do about it, where Bedrock's own words do not say. */
  declare readonly hint?: string;
  /** LangChain's name for this kind of error, such as `MODEL_RATE_LIMIT`. */
  declare readonly lc_error_code?: string;
}

/**
 * The answer stopped before Bedrock said that it was whole: the connection broke, an event was corrupt, or the stream ended without
 * `messageStop`. What had arrived is in `partialOutput`; it is not an answer.
 */
export class IncompleteStreamError extends Error {
  override name = "IncompleteStreamError";
  /** What had arrived, without tool calls: half of one must not run. `undefined` if nothing had. */
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

/** Exceptions that may not come again; LangChain's `withRetry` tries no others of the client's making. */
const MAY_PASS = new Set(["ThrottlingException", "ModelNotReadyException", "ModelTimeoutException", "ModelErrorException", "ModelStreamErrorException"]);

/** How the models of Bedrock say that the input does not fit. Throttling speaks of tokens too, under another name. */
const OVERFLOW = /input is too long|too many (?:input )?tokens|prompt is too long|exceeds? the (?:maximum|model'?s?)[^.]*(?:tokens?|context|length)|context (?:window|length)/i;

/** Makes the error that a failed call throws. `thrownByProvider` is what the user's credentials function threw last. */
export function convertToError(failure: NativeFailure, signal?: AbortSignal, thrownByProvider?: unknown): unknown {
  const members = JSON.parse(failure.members) as Record<string, unknown>;
  switch (failure.kind) {
    case "service":
      return serviceError(failure.message, members);
    case "connection":
      return Object.assign(new Error(failure.message), members, connectionHint(failure.message));
    case "credentials":
      return named("CredentialsProviderError", failure.message);
    case "provider":
      return thrownByProvider ?? named("CredentialsProviderError", "The `credentials` function returned no credentials.");
    case "timeout":
      return Object.assign(new Error(failure.message), { lc_error_code: "MODEL_STREAM_TIMEOUT" });
    case "aborted":
      return signal?.reason ?? named("AbortError", failure.message);
    case "stream":
      return Object.assign(new IncompleteStreamError(failure.message), members);
    default:
      return new Error(failure.message);
  }
}

function serviceError(message: string, members: Record<string, unknown>): Error {
  const name = String(members.name);
  const lc_error_code = ERROR_CODES[name];
  const hint = serviceHint(name, message);
  const error = Object.assign(new BedrockRuntimeServiceException(message), members, lc_error_code && { lc_error_code }, hint && { hint });
  stampRetryable(error, MAY_PASS.has(name) || members.$fault === "server");
  if (name !== "ValidationException" || !OVERFLOW.test(message)) return error;
  const { name: _name, ...others } = members;
  return Object.assign(ContextOverflowError.fromError(error), others);
}

/** What to do about an exception, where its own words do not say. */
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

/** Puts what had arrived on the error of a broken stream. It is made only if somebody looks. */
export function attachPartialOutput(error: unknown, arrived: () => AIMessageChunk | undefined): void {
  if (!(error instanceof Error)) return;
  Object.defineProperty(error, "partialOutput", { configurable: true, enumerable: false, get: () => withoutToolCalls(arrived()) });
}

function withoutToolCalls(arrived: AIMessageChunk | undefined): AIMessageChunk | undefined {
  if (!arrived?.tool_call_chunks?.length) return arrived;
  const { content, id, additional_kwargs, response_metadata, usage_metadata } = arrived;
  return new AIMessageChunk({ content, id, additional_kwargs, response_metadata, usage_metadata });
}
