import type { UsageMetadata } from "@langchain/core/messages";
import type { ResponseMetadata } from "../response/errors.js";
import type { RequestWarning } from "../types/warnings.js";

/** The members of an answer, and of a stream's elements, that diagnostics need. */
export interface Measured {
  usage_metadata?: UsageMetadata;
  response_metadata?: object;
  requestWarnings?: RequestWarning[];
  responseHeaders?: Record<string, string>;
  raw?: unknown;
  /** Of a chunk. */
  message?: { usage_metadata?: UsageMetadata; response_metadata?: object };
  /** Of an event. */
  usage?: UsageMetadata;
  responseMetadata?: object;
}

export function metadataOf({ response_metadata }: Measured): ResponseMetadata {
  return (response_metadata as { $metadata?: ResponseMetadata } | undefined)?.$metadata ?? {};
}

export function usageOf({ usage_metadata, usage, message }: Measured): UsageMetadata | undefined {
  return usage_metadata ?? usage ?? message?.usage_metadata;
}

/** Converse's `stopReason`, which an answer has, and of a stream the element that closes its message. */
export function finishReasonOf({ response_metadata, responseMetadata, message }: Measured): string | undefined {
  return ((response_metadata ?? responseMetadata ?? message?.response_metadata) as { stopReason?: string } | undefined)?.stopReason;
}

/** What an answer of an embedding model says of itself; `undefined` or no number: nothing. */
export function measuredInput(tokens: number | undefined): Measured | undefined {
  if (tokens === undefined || !Number.isFinite(tokens)) return undefined;
  return { usage_metadata: { input_tokens: tokens, output_tokens: 0, total_tokens: tokens } };
}
