import type { AIMessageChunk } from "@langchain/core/messages";
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

/** Makes the error that a failed call throws. `thrownByProvider` is what the user's credentials function threw last. */
export function convertToError(failure: NativeFailure, signal?: AbortSignal, thrownByProvider?: unknown): unknown {
  const members = JSON.parse(failure.members) as Record<string, unknown>;
  switch (failure.kind) {
    case "service":
      return Object.assign(new BedrockRuntimeServiceException(failure.message), members, errorCode(members.name));
    case "connection":
      return Object.assign(new Error(failure.message), members.code === null ? { $metadata: members.$metadata } : members);
    case "credentials":
      return named("CredentialsProviderError", failure.message);
    case "provider":
      return thrownByProvider ?? named("CredentialsProviderError", "The `credentials` function returned no credentials.");
    case "timeout":
      return Object.assign(new Error(failure.message), { lc_error_code: "MODEL_STREAM_TIMEOUT" });
    case "aborted":
      return named("AbortError", failure.message, signal?.reason);
    case "stream":
      return Object.assign(new IncompleteStreamError(failure.message), members);
    default:
      return new Error(failure.message);
  }
}

function errorCode(name: unknown): { lc_error_code?: string } {
  const lc_error_code = ERROR_CODES[String(name)];
  return lc_error_code === undefined ? {} : { lc_error_code };
}

function named(name: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { name });
}

/** Puts what had arrived on the error of a broken stream. The message is folded only if somebody looks. */
export function attachPartialOutput(error: unknown, arrived: readonly AIMessageChunk[]): void {
  if (!(error instanceof Error)) return;
  Object.defineProperty(error, "partialOutput", {
    configurable: true,
    enumerable: false,
    get: () => withoutToolCalls(arrived),
  });
}

function withoutToolCalls(arrived: readonly AIMessageChunk[]): AIMessageChunk | undefined {
  const [first, ...rest] = arrived.filter((chunk) => !chunk.tool_call_chunks?.length);
  return rest.reduce<AIMessageChunk | undefined>((whole, chunk) => whole?.concat(chunk), first);
}
