import type { EmbeddingsParams } from "@langchain/core/embeddings";
import type { AuthenticationOptions, ConnectionOptions, RateLimit, TimeLimitOptions } from "./connection.js";

/** Constructor options. */
export interface BedrockEmbeddingsParams extends Omit<EmbeddingsParams, "maxRetries" | "maxConcurrency">, ConnectionOptions {
  /** Model id, inference profile id or ARN. @default "amazon.titan-embed-text-v1" */
  model?: string;
  /** ARN of an application inference profile, called instead of `model`; the shape of the request still follows `model`. */
  applicationInferenceProfile?: string;
  /** The maximum number of texts in a request. Cohere's models take up to 96, the others one. @default 512 */
  batchSize?: number;
  /** Members of the model's own request, such as `normalize` (Titan), `truncate` and `input_type` (Cohere) or `singleEmbeddingParams` (Nova). They replace ours. */
  modelParameters?: Record<string, unknown>;
  /** The number of dimensions of the vectors, with models that have several. Default: the model's. It has precedence over `modelParameters`. */
  dimensions?: number;
  /** Requests wait until they are within the limit, as those of `ChatBedrockConverse` do. @default no limit */
  rateLimit?: RateLimit;
  /** How many requests run at once. @default 16 */
  maxConcurrency?: number;
  /** The number of retries of a failed request. Default: `AWS_MAX_ATTEMPTS`, else LangChain's 6. */
  maxRetries?: number;
}

/** Options of one call of `embedQuery` or `embedDocuments`. */
export interface BedrockEmbeddingsCallOptions extends AuthenticationOptions, TimeLimitOptions {
  /** Ends the call, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Headers in addition to `defaultHeaders`, over which they have precedence; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds for opening a connection. Calls with another value than the constructor's do not share its connections. */
  connectTimeout?: number;
}
