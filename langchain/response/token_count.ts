import { isConversionError, type ResponseMetadata } from "./errors.js";

/** An answer of `CountTokens`. */
export interface TokenCount {
  inputTokens?: unknown;
  $metadata?: ResponseMetadata;
}

/** `undefined` where the answer has no number: a stub may answer anything, and of a proxy's answer without one the core has 0. */
export function readTokenCount({ inputTokens }: TokenCount): number | undefined {
  return typeof inputTokens === "number" && inputTokens > 0 ? inputTokens : undefined;
}

/** What a failed count is about: the model, which will fail for all inputs; this input; or the moment, such as throttling. */
export type CountFailure = "model" | "input" | "moment";

/** Exceptions that another input would get, too. */
const OF_MODEL = new Set(["AccessDeniedException", "ResourceNotFoundException", "UnknownOperationException"]);

/** Errors that this input would get again. */
const OF_INPUT = new Set(["ValidationException", "SerializationException", "ContextOverflowError"]);

/** Statuses of a gateway that has no `CountTokens`. */
const NO_OPERATION = new Set<unknown>([404, 405, 501]);

/** `ValidationException`s about the model: strands-agents 1.62.0 knows the first; the others are those of Converse. */
const ABOUT_MODEL = /support counting tokens|on-demand throughput|model identifier is invalid/;

export function countFailure(error: unknown): CountFailure {
  const { name, message, $metadata } = (error ?? {}) as { name?: string; message?: string; $metadata?: ResponseMetadata };
  if (name === undefined || message === undefined) return "moment";
  if (OF_MODEL.has(name) || NO_OPERATION.has($metadata?.httpStatusCode)) return "model";
  if (name === "ValidationException" && ABOUT_MODEL.test(message)) return "model";
  return OF_INPUT.has(name) || isConversionError(error) ? "input" : "moment";
}
